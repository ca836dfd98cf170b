"""Loads an export with pm4py and says in JSON what was read and which warnings there were."""

import json
import logging
import sys
import warnings


class Heard(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.said = []

    def emit(self, record):
        self.said.append(record.getMessage())


def main(kind, path):
    import pm4py

    heard = Heard()
    logging.getLogger().addHandler(heard)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        if kind == "ocel":
            log = pm4py.read_ocel2_json(path)
            said = {
                "events": len(log.events),
                "objects": len(log.objects),
                "relations": len(log.relations),
                "object_types": sorted(pm4py.ocel_get_object_types(log)),
            }
        else:
            # The reader in Python: the faster ones are other packages, which pm4py would advertise with a warning.
            log = pm4py.read_xes(path, variant="iterparse")
            columns = {"case:concept:name", "concept:name", "time:timestamp", "org:role"}
            said = {
                "events": len(log),
                "traces": int(log["case:concept:name"].nunique()),
                "columns": columns <= set(log.columns),
            }
    said["warnings"] = heard.said + [f"{w.category.__name__}: {w.message}" for w in warned]
    return said


if __name__ == "__main__":
    stdout, sys.stdout = sys.stdout, sys.stderr
    answer = main(*sys.argv[1:3])
    json.dump(answer, stdout)
