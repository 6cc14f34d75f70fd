"""A finding of this doctor, which is explained on a page of its own."""

from functools import partial

from gatewatch.doctor.findings import Diagnosis

aws_diagnosis = partial(Diagnosis, page="aws_doctor.md")
