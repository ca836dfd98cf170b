"""The conformance tests of the library `eventsourcing` for recorders, against the URL in the environment."""

import os
import unittest

from eventsourcing.tests.persistence import AggregateRecorderTestCase, ApplicationRecorderTestCase
from eventsourcing_kurrentdb.recorders import KurrentDBAggregateRecorder, KurrentDBApplicationRecorder
from kurrentdbclient import KurrentDBClient


class WithClient:
    # Revisions of this protocol begin with 0.
    INITIAL_VERSION = 0

    def setUp(self):
        super().setUp()
        self.client = KurrentDBClient(os.environ["FACE_URL"])

    def tearDown(self):
        self.client.close()
        super().tearDown()


class TestAggregateRecorder(WithClient, AggregateRecorderTestCase):
    def create_recorder(self):
        return KurrentDBAggregateRecorder(client=self.client)


class TestApplicationRecorder(WithClient, ApplicationRecorderTestCase):
    def create_recorder(self):
        return KurrentDBApplicationRecorder(client=self.client)

    def test_insert_select(self):
        # It wants a store without any event, and every store of this protocol holds events of its own from the start.
        self.skipTest("wants an empty store")


del AggregateRecorderTestCase, ApplicationRecorderTestCase

if __name__ == "__main__":
    unittest.main()
