"""Health checks are public, unlimited, and say nothing that only the operator should read."""


def test_health_names_the_service_and_its_parts(api):
    answer = api().get("/health")
    assert answer.status_code == 200
    assert answer.json()["service"] == "together-server"
