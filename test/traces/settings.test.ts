// OpenTelemetry's standard variables, as its SDKs read them.
import { describe, expect, it, test } from "vitest";
import { traceSettings } from "../../src/traces/settings.ts";

const BASE = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" };

describe("traces", () => {
  it("are off unless a collector is named, and when they are turned off", () => {
    expect(traceSettings({})).toBeUndefined();
    expect(traceSettings({ ...BASE, OTEL_SDK_DISABLED: "true" })).toBeUndefined();
    expect(traceSettings({ ...BASE, OTEL_TRACES_EXPORTER: "none" })).toBeUndefined();
  });

  it("go below the endpoint of everything, or to the very address of their own", () => {
    expect(traceSettings(BASE)?.url).toBe("http://collector:4318/v1/traces");
    const own = { ...BASE, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces/x" };
    expect(traceSettings(own)?.url).toBe("https://traces/x");
  });

  it("are of the service that is named, with what else is said of it", () => {
    const env = { ...BASE, OTEL_RESOURCE_ATTRIBUTES: "service.name=ci,deployment.environment=prod%20eu" };
    expect(traceSettings(env)).toMatchObject({
      serviceName: "ci",
      resource: { "deployment.environment": "prod eu" },
    });
    expect(traceSettings({ ...env, OTEL_SERVICE_NAME: "robot" })?.serviceName).toBe("robot");
  });
});

const ID = `${"0".repeat(18)}${"7f".repeat(7)}`;

test.each([
  ["", "", [true, true, false]],
  ["always_on", "", [true, true, true]],
  ["always_off", "", [false, false, false]],
  ["traceidratio", "0.4", [false, false, false]],
  ["traceidratio", "0.6", [true, true, true]],
  ["parentbased_always_off", "", [false, true, false]],
  ["parentbased_traceidratio", "0.6", [true, true, false]],
])("sampler %s %s: of its own, of a recorded parent, of one that is not", (name, argument, expected) => {
  const env = { ...BASE, OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
  const { sampler } = traceSettings(env)!;
  expect([sampler(ID), sampler(ID, true), sampler(ID, false)]).toEqual(expected);
});

test.each([
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "write http://collector:4318"],
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "port 4318"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "authorization", "not of the form key=value"],
  ["OTEL_TRACES_SAMPLER", "jaeger_remote", "is not known"],
  ["OTEL_BSP_SCHEDULE_DELAY", "soon", "is not a number"],
  ["OTEL_TRACES_EXPORTER", "zipkin", "by otlp only"],
])("%s=%s is refused in words", (name, value, words) => {
  expect(() => traceSettings({ ...BASE, [name]: value })).toThrow(words);
});
