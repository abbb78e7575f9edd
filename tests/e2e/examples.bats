# The examples run as they are shipped.
load lib

setup() { start_registry plain; }
teardown() { stop_servers; }

@test "examples/push-sign-verify goes from training to serving" {
    assert_exit 0 "$SOURCE_ROOT/examples/push-sign-verify/run.sh" "$REGISTRY"
    assert_contains "$output" "serving/model.safetensors: OK"
    assert_contains "$output" "Model integrity verified: "
    assert_contains "$output$stderr" "INTEGRITY CHECK FAILED: expected "
    assert_contains "$output" "refused after one byte changed"
}
