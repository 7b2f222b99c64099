"""Writes the files beside it: spike trains as h5py stores them, and images as Pillow encodes, decodes and resizes them."""
import h5py
import numpy
from PIL import Image

times = [[0, 0.125, 0.5], [0.25], [], [0.75, 0.75, 1, 1.25]]
units = [[3, 699, 3], [0], [], [7, 8, 7, 9]]
labels = [2, 0, 1, 1]
keys = ["zero", "eins", "fünf"]


def write_spikes(name, time_type, unit_type, label_type, key_type):
    with h5py.File(name, "w", libver="earliest") as file:
        for item, rows, kind in (("spikes/times", times, time_type), ("spikes/units", units, unit_type)):
            array = file.create_dataset(item, (len(rows),), dtype=h5py.vlen_dtype(kind))
            for n, row in enumerate(rows):
                array[n] = numpy.array(row, dtype=kind)
        file.create_dataset("labels", data=numpy.array(labels, dtype=label_type))
        file.create_dataset("extra/keys", data=[key.encode() for key in keys], dtype=key_type)


write_spikes("tiny-float16.h5", numpy.float16, numpy.uint16, numpy.uint16, "S8")
write_spikes("tiny-float32.h5", numpy.float32, numpy.int64, numpy.uint8, h5py.string_dtype())

y, x = numpy.mgrid[0:13, 0:21]
colours = numpy.stack([x * 12, y * 19, (x * y * 7) % 256], axis=-1).astype(numpy.uint8)
grays = ((x * x * 3 + y * 31) % 256).astype(numpy.uint8)[:7, :9]
for name, image in (("colour-21x13", Image.fromarray(colours, "RGB")), ("gray-9x7", Image.fromarray(grays, "L"))):
    image.save(name + ".jpg", quality=80)
    gray = Image.open(name + ".jpg").convert("L")
    open(name + ".gray", "wb").write(gray.tobytes())
    for size in (5, 40):
        open(f"{name}-to-{size}x{size}.gray", "wb").write(gray.resize((size, size), Image.BILINEAR).tobytes())
