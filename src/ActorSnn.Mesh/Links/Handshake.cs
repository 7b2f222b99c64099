using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorSnn.Mesh.Links;

/// <summary>How far a handshake is.</summary>
public enum HandshakeStatus
{
    /// <summary>The peer's next frame is awaited.</summary>
    Continues,

    /// <summary>Through: what follows are frames of a link.</summary>
    Completed,

    /// <summary>Over; the connection is to be closed, and nothing more is sent.</summary>
    Refused,
}

/// <summary>What to do after a step of a handshake.</summary>
/// <param name="Status">How far it is.</param>
/// <param name="Answer">A frame to send, as it is, without another tag; empty for none.</param>
public readonly record struct HandshakeStep(HandshakeStatus Status, ReadOnlyMemory<byte> Answer);

/// <summary>
/// The first six frames of a connection. Both sides prove to each other that they know the cluster's secret, over fresh nonces, the dialler first; only then they
/// say who they are; and each tells how much it has received over earlier connections, so that the link resumes. Without a secret the proofs are empty and nothing is
/// authenticated: for loopback only. A stranger gets at most one hello (version and nonce) and a closed connection.
/// See docs/link-protocol.md. Pure: the caller draws the nonce, and gives up what takes too long.
/// </summary>
public sealed class Handshake
{
    /// <summary>Version of the protocol: handshake, framing and links.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>Bytes of the largest frame of a handshake.</summary>
    public const int MaxFrame = 1024;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 32;

    /// <summary>Bytes of the shortest secret. A peer that is dialled sees enough to try secrets one by one, so that a short one would be found.</summary>
    public const int LeastSecret = 16;

    private const int HelloSize = 12 + NonceSize;
    private const int ProofSize = 32;

    private readonly ConnectionSide _side;
    private readonly PeerIdentity _own;
    private readonly byte[] _secret;
    private readonly Func<PeerIdentity, long?> _admit;
    private readonly RefusalCounters _refusals;
    private readonly byte[] _ownHello;
    private byte[] _peerHello = [];
    private byte[] _proofKey = [];
    private byte[] _peerProofKey = [];
    private Step _awaited;

    /// <summary>Prepares the handshake of one connection.</summary>
    /// <param name="side">Which end of the connection this is.</param>
    /// <param name="own">How this process names itself.</param>
    /// <param name="nonce">32 bytes from the system's cryptographic generator, never used before.</param>
    /// <param name="secret">The cluster's secret, at least 16 bytes; empty for none.</param>
    /// <param name="admit">
    /// Called once, when the peer has proved itself: how much of the link with this incarnation has been received (<see cref="LinkMachine.Received"/>; 0 for a new
    /// one), or null to refuse it.
    /// </param>
    /// <param name="refusals">Counts the connection when it is refused or given up.</param>
    /// <exception cref="ArgumentException">The identity, the nonce or the secret is not as described.</exception>
    public Handshake(ConnectionSide side, PeerIdentity own, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> secret, Func<PeerIdentity, long?> admit, RefusalCounters refusals)
    {
        if (own.Fault() is { } fault) throw new ArgumentException(fault, nameof(own));
        if (nonce.Length != NonceSize) throw new ArgumentException($"the nonce has {nonce.Length} bytes; {NonceSize} are due", nameof(nonce));
        if (secret.Length is > 0 and < LeastSecret)
            throw new ArgumentException($"the cluster secret has {secret.Length} bytes; at least {LeastSecret} are due", nameof(secret));
        _side = side;
        _own = own;
        _secret = secret.ToArray();
        _admit = admit;
        _refusals = refusals;
        _ownHello = new byte[HelloSize];
        Magic.CopyTo(_ownHello);
        BinaryPrimitives.WriteUInt16LittleEndian(_ownHello.AsSpan(8), ProtocolVersion);
        _ownHello[10] = (byte)(side == ConnectionSide.Dialler ? Step.DiallersHello : Step.ListenersHello);
        _ownHello[11] = (byte)(secret.Length > 0 ? 1 : 0);
        nonce.CopyTo(_ownHello.AsSpan(12));
        _awaited = side == ConnectionSide.Dialler ? Step.ListenersHello : Step.DiallersHello;
    }

    private enum Step : byte
    {
        DiallersHello = 1,
        ListenersHello = 2,
        DiallersProof = 3,
        ListenersProof = 4,
        DiallersIdentity = 5,
        Acceptance = 6,
        Done = 7,
    }

    private static ReadOnlySpan<byte> Magic => "ActorSnn"u8;

    /// <summary>Who the peer is; null until it has proved itself.</summary>
    public PeerIdentity? Peer { get; private set; }

    /// <summary>The last payload of ours that the peer says it has received; valid once completed.</summary>
    public long PeerHasReceived { get; private set; }

    /// <summary>What seals all later frames of the connection; null without a secret. Whoever completes the handshake disposes of it.</summary>
    public FrameSeal? Seal { get; private set; }

    /// <summary>Why it was refused, if it was.</summary>
    public Refusal Refusal { get; private set; }

    /// <summary>The same in one line, for our own log; never sent. Empty if it was not.</summary>
    public string Reason { get; private set; } = "";

    private ReadOnlySpan<byte> DiallersHello => _side == ConnectionSide.Dialler ? _ownHello : _peerHello;

    private ReadOnlySpan<byte> ListenersHello => _side == ConnectionSide.Dialler ? _peerHello : _ownHello;

    private int ProofLength => _secret.Length > 0 ? ProofSize : 0;

    /// <summary>Begins: the dialler says hello, the listener waits for it.</summary>
    public HandshakeStep Start() => new(HandshakeStatus.Continues, _side == ConnectionSide.Dialler ? _ownHello : ReadOnlyMemory<byte>.Empty);

    /// <summary>Takes the peer's next frame, whatever it may be.</summary>
    /// <param name="frame">The frame, without its length.</param>
    /// <exception cref="InvalidOperationException">The handshake is through: the frame belongs to the link.</exception>
    public HandshakeStep Receive(ReadOnlySpan<byte> frame)
    {
        if (Refusal != Refusal.None) return new(HandshakeStatus.Refused, default);
        if (_awaited == Step.Done) throw new InvalidOperationException("the handshake is through: the frame belongs to the link");
        return _awaited switch
        {
            Step.DiallersHello or Step.ListenersHello => ReceiveHello(frame),
            Step.DiallersProof => ReceiveDiallersProof(frame),
            Step.ListenersProof => ReceiveListenersProof(frame),
            Step.DiallersIdentity => ReceiveDiallersIdentity(frame),
            _ => ReceiveAcceptance(frame),
        };
    }

    /// <summary>Gives it up: the connection ended, or took too long, before it was through. Nothing happens when it is over already.</summary>
    public void Abandon()
    {
        if (Refusal != Refusal.None || _awaited == Step.Done) return;
        Refuse(Refusal.Unfinished, _awaited switch
        {
            Step.DiallersHello => "the connection ended before the peer said hello",
            Step.ListenersHello => "the connection ended without an answer: the peer has another version, needs another secret than ours, or is no node",
            Step.ListenersProof => "the connection ended after our proof: the peer's cluster secret is another one",
            Step.Acceptance => "the connection ended after we said who we are: the peer does not want us, see its log",
            _ => "the connection ended in the middle of the handshake",
        });
    }

    private HandshakeStep ReceiveHello(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 10 || !frame.StartsWith(Magic)) return Refuse(Refusal.Malformed, "it does not speak this protocol");
        int version = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]);
        if (version != ProtocolVersion) return Refuse(Refusal.Version, $"it speaks version {version} of the protocol, we speak {ProtocolVersion}");
        if (frame.Length != HelloSize || frame[10] != (byte)_awaited || frame[11] > 1)
            return Refuse(Refusal.Malformed, "its hello is none");
        if (frame[11] != _ownHello[11])
        {
            return frame[11] == 0
                ? Refuse(Refusal.PeerWithoutSecret, "it has no cluster secret, and we have one")
                : Refuse(Refusal.OwnSecretMissing, "it wants a cluster secret, and we have none");
        }
        _peerHello = frame.ToArray();
        if (_secret.Length > 0) DeriveKeys();
        if (_side == ConnectionSide.Listener) return Continue(Step.DiallersProof, _ownHello);
        return Continue(Step.ListenersProof, Frame(Step.DiallersProof, OwnProof()));
    }

    private HandshakeStep ReceiveDiallersProof(ReadOnlySpan<byte> frame)
    {
        if (frame.Length != 1 + ProofLength || frame[0] != (byte)Step.DiallersProof) return Refuse(Refusal.Malformed, "its proof is none");
        if (!IsPeersProof(frame[1..])) return Refuse(Refusal.WrongSecret, "its cluster secret is not ours");
        return Continue(Step.DiallersIdentity, Sealed(Frame(Step.ListenersProof, OwnProof(), Write(_own))));
    }

    private HandshakeStep ReceiveListenersProof(ReadOnlySpan<byte> frame)
    {
        // The proof is looked at before the seal, so that a wrong secret is told from a frame changed on the way.
        if (frame.Length < 1 + ProofLength || frame[0] != (byte)Step.ListenersProof) return Refuse(Refusal.Malformed, "its proof is none");
        if (!IsPeersProof(frame.Slice(1, ProofLength))) return Refuse(Refusal.WrongSecret, "its cluster secret is not ours");
        if (!TryOpen(frame, out var opened)) return RefuseSeal();
        var rest = opened[(1 + ProofLength)..];
        if (!TryReadIdentity(ref rest, out var peer) || rest.Length > 0) return Refuse(Refusal.Malformed, "it does not say who it is");
        return Admit(peer, out long received) ?? Continue(Step.Acceptance, Sealed(Frame(Step.DiallersIdentity, Write(_own), Write(received))));
    }

    private HandshakeStep ReceiveDiallersIdentity(ReadOnlySpan<byte> frame)
    {
        if (!TryOpen(frame, out var opened)) return RefuseSeal();
        if (opened.Length < 1 || opened[0] != (byte)Step.DiallersIdentity) return Refuse(Refusal.Malformed, "it does not say who it is");
        var rest = opened[1..];
        if (!TryReadIdentity(ref rest, out var peer) || !TryReadReceived(rest, out long peerHasReceived)) return Refuse(Refusal.Malformed, "it does not say who it is");
        if (Admit(peer, out long received) is { } refused) return refused;
        return Complete(peerHasReceived, Sealed(Frame(Step.Acceptance, Write(received))));
    }

    private HandshakeStep ReceiveAcceptance(ReadOnlySpan<byte> frame)
    {
        if (!TryOpen(frame, out var opened)) return RefuseSeal();
        if (opened.Length < 1 || opened[0] != (byte)Step.Acceptance || !TryReadReceived(opened[1..], out long peerHasReceived))
            return Refuse(Refusal.Malformed, "it does not say what it has received");
        return Complete(peerHasReceived, default);
    }

    private HandshakeStep? Admit(PeerIdentity peer, out long received)
    {
        received = 0;
        if (peer.Incarnation == _own.Incarnation) return Refuse(Refusal.Itself, "it is this very process");
        if (_own.Role == PeerRole.Node && peer.Role == PeerRole.Node && peer.StoreId != _own.StoreId)
            return Refuse(Refusal.OtherStore, $"node {peer.Name} keeps its runs in store {peer.StoreId}, we in {_own.StoreId}");
        if (_admit(peer) is not { } answer) return Refuse(Refusal.NotAdmitted, $"{peer.Name} is not wanted now");
        received = answer;
        Peer = peer;
        return null;
    }

    private HandshakeStep Continue(Step awaited, ReadOnlyMemory<byte> answer)
    {
        _awaited = awaited;
        return new(HandshakeStatus.Continues, answer);
    }

    private HandshakeStep Complete(long peerHasReceived, ReadOnlyMemory<byte> answer)
    {
        PeerHasReceived = peerHasReceived;
        _awaited = Step.Done;
        return new(HandshakeStatus.Completed, answer);
    }

    private HandshakeStep Refuse(Refusal refusal, string reason)
    {
        _refusals.Count(refusal);
        return End(refusal, reason);
    }

    /// <summary>The seal has counted it.</summary>
    private HandshakeStep RefuseSeal() => End(Refusal.Seal, "its frame was changed on the way");

    private HandshakeStep End(Refusal refusal, string reason)
    {
        (Refusal, Reason, Peer) = (refusal, reason, null);
        Seal?.Dispose();
        Seal = null;
        return new(HandshakeStatus.Refused, default);
    }

    /// <summary>HKDF-SHA-256 (RFC 5869): the salt is the nonces, the dialler's first; one key for each side's proof and one for each side's frames.</summary>
    private void DeriveKeys()
    {
        byte[] key = HKDF.Extract(HashAlgorithmName.SHA256, _secret, [.. DiallersHello[12..], .. ListenersHello[12..]]);
        bool dials = _side == ConnectionSide.Dialler;
        _proofKey = Expand(dials ? "actorsnn dialler proof"u8 : "actorsnn listener proof"u8);
        _peerProofKey = Expand(dials ? "actorsnn listener proof"u8 : "actorsnn dialler proof"u8);
        Seal = new FrameSeal(Expand(dials ? "actorsnn dialler frames"u8 : "actorsnn listener frames"u8),
            Expand(dials ? "actorsnn listener frames"u8 : "actorsnn dialler frames"u8), _refusals);

        byte[] Expand(ReadOnlySpan<byte> purpose) => HKDF.Expand(HashAlgorithmName.SHA256, key, FrameSeal.KeySize, purpose.ToArray());
    }

    private byte[] OwnProof() => ProofLength == 0 ? [] : Proof(_proofKey, _side);

    private bool IsPeersProof(ReadOnlySpan<byte> proof) => ProofLength == 0 || CryptographicOperations.FixedTimeEquals(proof,
        Proof(_peerProofKey, _side == ConnectionSide.Dialler ? ConnectionSide.Listener : ConnectionSide.Dialler));

    private byte[] Proof(byte[] key, ConnectionSide of) =>
        HMACSHA256.HashData(key, Frame(of == ConnectionSide.Dialler ? Step.DiallersProof : Step.ListenersProof, DiallersHello, ListenersHello));

    private static byte[] Frame(Step step, ReadOnlySpan<byte> content, ReadOnlySpan<byte> more = default) => [(byte)step, .. content, .. more];

    private byte[] Sealed(byte[] frame)
    {
        if (Seal is null) return frame;
        byte[] withTag = new byte[frame.Length + FrameSeal.TagSize];
        frame.CopyTo(withTag, 0);
        Seal.Seal(frame, withTag.AsSpan(frame.Length));
        return withTag;
    }

    private bool TryOpen(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> opened)
    {
        opened = frame;
        return Seal is null || Seal.TryOpen(frame, out opened);
    }

    private static byte[] Write(PeerIdentity identity)
    {
        byte[] bytes = [(byte)identity.Role, .. new byte[8], .. Text(identity.Name), .. Text(identity.Address), .. Text(identity.StoreId)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), identity.Incarnation);
        return bytes;

        static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
    }

    private static byte[] Write(long received)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, received);
        return bytes;
    }

    private static bool TryReadIdentity(ref ReadOnlySpan<byte> bytes, out PeerIdentity identity)
    {
        identity = null!;
        if (bytes.Length < 9) return false;
        var role = (PeerRole)bytes[0];
        ulong incarnation = BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]);
        bytes = bytes[9..];
        if (!TryReadText(ref bytes, out string name) || !TryReadText(ref bytes, out string address) || !TryReadText(ref bytes, out string storeId)) return false;
        identity = new PeerIdentity(role, name, address, incarnation, storeId);
        return identity.Fault() is null;
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.Length < 1 || bytes.Length < 1 + bytes[0]) return false;
        text = Encoding.Latin1.GetString(bytes.Slice(1, bytes[0]));
        bytes = bytes[(1 + bytes[0])..];
        return true;
    }

    private static bool TryReadReceived(ReadOnlySpan<byte> bytes, out long received)
    {
        received = 0;
        if (bytes.Length != 8) return false;
        received = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return received >= 0;
    }
}
