#!/usr/bin/env python3
"""Lays `mibao eval` beside a linear support vector machine over character n-grams, in one run.

The machine is scikit-learn's LinearSVC over TF-IDF of character n-grams (1 to 4), classes balanced, C chosen by
cross-validation on the training data. Both learn from the same examples (knowledge/intents) and read the same files. A
sentence is turned away where the best decision value of an outside intent is above the best of the others by a threshold;
the threshold is swept, and both are compared where they turn away the same share of out-of-scope sentences.

    pip install scikit-learn
    cargo build --release
    benches/compare_svm.py tests/understanding/intents.tsv

Times are wall time on one core; a sentence's time is that of sentences read one by one, start-up taken off.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time
import tomllib
import unicodedata

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

CHOICES_OF_C = [0.03, 0.1, 0.3, 1.0, 3.0]
TURNED_AWAY = [0.90, 0.95, 0.97, 0.98, 0.99]


def spelled(sentence):
    return unicodedata.normalize("NFKC", sentence).lower()


def examples(knowledge):
    sentences, intents = [], []
    for path in sorted((knowledge / "intents").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if line and not line.startswith("#"):
                sentences.append(spelled(line))
                intents.append(path.stem)
    return sentences, intents


def labelled(paths):
    found = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#") and "\t" in line:
                labels, sentence = line.split("\t", 1)
                found.append((labels.split("/"), sentence))
    return found


def pipeline(c):
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True, lowercase=False),
        LinearSVC(C=c, class_weight="balanced"),
    )


def tuned(sentences, intents):
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
    search = GridSearchCV(pipeline(1.0), {"linearsvc__C": CHOICES_OF_C}, cv=folds, scoring="f1_macro", refit=False)
    search.fit(sentences, intents)
    return search.best_params_["linearsvc__C"]


def fraction(share):
    return share["right"] / max(share["of"], 1)


def svm_curve(model, outside, tested):
    """Points (threshold, in scope right, out of scope turned away), and the two shares at threshold 0."""
    classes = list(model.classes_)
    is_outside = numpy.array([intent in outside for intent in classes])
    values = model.decision_function([spelled(sentence) for _, sentence in tested])
    margins = values[:, is_outside].max(axis=1) - values[:, ~is_outside].max(axis=1)
    own = [classes[place] for place in numpy.where(is_outside, -numpy.inf, values).argmax(axis=1)]
    in_scope = numpy.array([labels[0] not in outside for labels, _ in tested])
    may_be_away = numpy.array([any(label in outside for label in labels) for labels, _ in tested])
    own_right = numpy.array([intent in labels for intent, (labels, _) in zip(own, tested)])

    def at(threshold):
        right = numpy.where(margins >= threshold, may_be_away, own_right)
        return right[in_scope].mean(), right[~in_scope].mean()

    points = [(float(threshold), *at(threshold)) for threshold in numpy.unique(margins)]
    return points, at(0.0)


def matched(points, turned_away):
    """The most of the in-scope sentences that can be right where so much is turned away."""
    return max((kept for _, kept, away in points if away >= turned_away), default=0.0)


def mibao_times(command, sentences):
    """Seconds to start, and seconds a sentence."""

    def run(lines):
        started = time.perf_counter()
        subprocess.run(command, input=lines.encode(), stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - started

    start = min(run("x\n") for _ in range(3))
    whole = min(run("".join(f"{sentence}\n" for sentence in sentences)) for _ in range(3))
    return start, (whole - start) / max(len(sentences), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path, help="labelled sentences")
    parser.add_argument("--knowledge", type=pathlib.Path, help="another pack than the one in the binary")
    parser.add_argument("--mibao", default="target/release/mibao", help="the program")
    parser.add_argument("--c", type=float, help="this C instead of a tuned one")
    arguments = parser.parse_args()
    knowledge = arguments.knowledge or pathlib.Path("knowledge")
    other_pack = ["--knowledge", str(arguments.knowledge)] if arguments.knowledge else []
    outside = set(tomllib.loads((knowledge / "pack.toml").read_text(encoding="utf-8")).get("outside", []))
    sentences, intents = examples(knowledge)
    tested = labelled(arguments.files)
    sizes = {label[0] in outside for label, _ in tested}
    if sizes != {True, False}:
        sys.exit("the files must have sentences in scope and out of scope")

    files = [str(path) for path in arguments.files]
    told = subprocess.run(
        [arguments.mibao, "eval", "--json", *other_pack, *files], stdout=subprocess.PIPE, check=True
    )
    ours = json.loads(told.stdout)
    our_points = [(p["threshold"], fraction(p["in_scope"]), fraction(p["out_of_scope"])) for p in ours["curve"]]
    our_points.append((None, fraction(ours["in_scope"]), fraction(ours["out_of_scope"])))
    start, our_time = mibao_times([arguments.mibao, "understand", *other_pack], [sentence for _, sentence in tested])

    started = time.perf_counter()
    c = arguments.c or tuned(sentences, intents)
    tuning = time.perf_counter() - started
    model = pipeline(c)
    started = time.perf_counter()
    model.fit(sentences, intents)
    fitting = time.perf_counter() - started
    their_points, plain = svm_curve(model, outside, tested)
    started = time.perf_counter()
    for _, sentence in tested:
        model.decision_function([spelled(sentence)])
    their_time = (time.perf_counter() - started) / len(tested)

    print(f"{len(sentences)} examples of {len(set(intents))} intents, {len(tested)} sentences; C = {c}\n")
    print(f"{'':<44}{'mibao':>10}{'SVM':>10}")
    away = fraction(ours["out_of_scope"])
    rows = [
        ("as each decides by itself: in scope right", fraction(ours["in_scope"]), plain[0]),
        ("                           turned away", away, plain[1]),
    ]
    for wanted in sorted({away, *TURNED_AWAY}):
        note = " (mibao's own)" if wanted == away else ""
        name = f"in scope right, {wanted:.1%} turned away{note}"
        rows.append((name, matched(our_points, wanted), matched(their_points, wanted)))
    for name, our, their in rows:
        print(f"{name:<44}{our:>10.1%}{their:>10.1%}")
    print(f"{'milliseconds a sentence':<44}{our_time * 1e3:>10.3f}{their_time * 1e3:>10.3f}")
    print(f"{'seconds to start; to fit':<44}{start:>10.2f}{fitting:>10.2f}")
    if arguments.c is None:
        print(f"{'seconds to tune C':<44}{'':>10}{tuning:>10.2f}")


if __name__ == "__main__":
    main()
