"""Builds one of the benchmark networks with Brian2's C++ standalone device.

    python3 brian2_networks.py cuba|coba|brunel NEURONS MILLISECONDS DIRECTORY

The program that comes out is DIRECTORY/main; each time it runs it writes the seconds of its simulation loop to
DIRECTORY/results/last_run_info.txt. The parameters are those of `actorsnn run cuba|coba|brunel`.
"""
import sys

from brian2 import *

name, neurons, milliseconds, directory = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
set_device('cpp_standalone', build_on_run=False, directory=directory)
defaultclock.dt = 0.1 * ms
excitatory = neurons * 4 // 5
scale = 4000 / neurons

if name == 'cuba':
    cells = NeuronGroup(neurons, '''dv/dt = (ge + gi - (v + 49*mV)) / (20*ms) : volt (unless refractory)
                                    dge/dt = -ge / (5*ms) : volt
                                    dgi/dt = -gi / (10*ms) : volt''',
                        threshold='v > -50*mV', reset='v = -60*mV', refractory=5 * ms, method='exact')
    cells.v = '-60*mV + rand() * 10*mV'
    we, wi = 1.62 * mV * scale, -9 * mV * scale
    out = Synapses(cells[:excitatory], cells, on_pre='ge += we', delay=0.1 * ms)
    back = Synapses(cells[excitatory:], cells, on_pre='gi += wi', delay=0.1 * ms)
    out.connect(p=0.02)
    back.connect(p=0.02)
elif name == 'coba':
    cells = NeuronGroup(neurons, '''dv/dt = (-60*mV - v + 20*mV + ge * (0*mV - v) + gi * (-80*mV - v)) / (20*ms) : volt (unless refractory)
                                    dge/dt = -ge / (5*ms) : 1
                                    dgi/dt = -gi / (10*ms) : 1''',
                        threshold='v > -50*mV', reset='v = -60*mV', refractory=5 * ms, method='exponential_euler')
    cells.v = '-60*mV + rand() * 10*mV'
    we, wi = 0.4 * scale, 5.1 * scale
    out = Synapses(cells[:excitatory], cells, on_pre='ge += we', delay=0.8 * ms)
    back = Synapses(cells[excitatory:], cells, on_pre='gi += wi', delay=0.8 * ms)
    out.connect(p=0.02)
    back.connect(p=0.02)
elif name == 'brunel':
    cells = NeuronGroup(neurons, 'dv/dt = -v / (20*ms) : volt (unless refractory)',
                        threshold='v > 20*mV', reset='v = 10*mV', refractory=2 * ms, method='exact')
    out = Synapses(cells[:excitatory], cells, on_pre='v += 0.1*mV', delay=1.5 * ms)
    back = Synapses(cells[excitatory:], cells, on_pre='v += -0.5*mV', delay=1.5 * ms)
    out.connect(p=1000 / excitatory)
    back.connect(p=250 / (neurons - excitatory))
    noise = PoissonInput(cells, 'v', 1000, 20 * Hz, 0.1 * mV)
else:
    sys.exit(f'{name}: cuba, coba or brunel')

run(milliseconds * ms)
device.build(directory=directory, compile=True, run=False)
