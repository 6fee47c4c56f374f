"""Fit the confidence weights: logistic regression over the evidence of on-topic tuning questions.

    python -m eval.calibrate

prints what belongs in `qa/settings.py`, and figures by leave-one-out. The regression is strongly
regularised: there are four features and some hundred and thirty questions. Nothing here reads the held-out half.
"""

from __future__ import annotations

import numpy as np

from eval import dataset
from qa import evidence, settings
from qa.question import Question
from qa.retrieve import retrieve
from qa.service import open_library

# Inverse regularisation strength; 0.1 to 1 differ by less than 0.01 of AUC.
C = 0.3


def main() -> None:
    """Fit, print the weights, and print the figures of several thresholds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import LeaveOneOut, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    library = open_library()
    rows, labels = [], []
    items = dataset.load(dataset.default_sets())
    texts = dataset.asked(items)
    for item in items:
        question = Question.read(texts[item.id])
        if item.half == "tuning" and not question.problem:
            found = evidence.weigh(library, question, retrieve(library, question))
            if found.on_topic:
                rows.append(found)
                labels.append(item.answerable)
    names = list(settings.CONFIDENCE)
    x = np.array([[getattr(row, name) for name in names] for row in rows])
    y = np.array(labels)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C))
    left_out = cross_val_predict(model, x, y, cv=LeaveOneOut(), method="predict_proba")[:, 1]
    model.fit(x, y)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    print(f"CONFIDENCE_BIAS = {bias:.2f}")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(f"LATENT_NEUTRAL = {x[:, names.index('latent')].mean():.2f}")
    print(f"AUC on the subject, leave one out: {roc_auc_score(y, left_out):.3f}")
    for threshold in np.arange(0.3, 0.71, 0.05):
        below = left_out < threshold
        print(
            f"under {threshold:.2f}: answerable refused {below[y].mean():.2f}, "
            f"unanswerable refused {below[~y].mean():.2f}"
        )


if __name__ == "__main__":
    main()
