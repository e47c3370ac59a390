import type { Failures } from "../options.ts";

/** Counters of one app, in the text form that Prometheus reads. */
export interface Metrics {
  request(method: string, status: number, seconds: number): void;
  events: number;
  /** Streams that were ended because their reader did not keep up. */
  cut: number;
  text(now: { streams: number; gaps: number; failures: Readonly<Failures> }): string;
}

// A label must not be free text from outside, or the counters grow without end.
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];

export function metrics(): Metrics {
  const requests = new Map<string, number>();
  const buckets = new Array<number>(bounds.length).fill(0);
  let count = 0;
  let sum = 0;

  return {
    events: 0,
    cut: 0,
    request(method, status, seconds) {
      const labels = `method="${methods.has(method) ? method : "other"}",status="${status}"`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      count++;
      sum += seconds;
      for (let i = bounds.length - 1; i >= 0 && seconds <= (bounds[i] as number); i--)
        buckets[i] = (buckets[i] as number) + 1;
    },
    text({ streams, gaps, failures }) {
      const lines = [
        ...family("amused_http_requests_total", "counter", "Requests answered"),
        ...[...requests].map(([labels, value]) => `amused_http_requests_total{${labels}} ${value}`),
        ...family("amused_http_request_duration_seconds", "histogram", "Time to the answer's first byte"),
        ...bounds.map(
          (bound, i) => `amused_http_request_duration_seconds_bucket{le="${bound}"} ${buckets[i]}`,
        ),
        `amused_http_request_duration_seconds_bucket{le="+Inf"} ${count}`,
        `amused_http_request_duration_seconds_sum ${sum}`,
        `amused_http_request_duration_seconds_count ${count}`,
        ...family("amused_streams_open", "gauge", "Event streams open now"),
        `amused_streams_open ${streams}`,
        ...family("amused_stream_events_total", "counter", "Events sent on streams"),
        `amused_stream_events_total ${this.events}`,
        ...family(
          "amused_streams_cut_total",
          "counter",
          "Streams ended because their reader did not keep up",
        ),
        `amused_streams_cut_total ${this.cut}`,
        ...family("amused_event_gap_total", "counter", "Holes seen in a log; stays 0"),
        `amused_event_gap_total ${gaps}`,
        ...family(
          "amused_background_failures_total",
          "counter",
          "Failures of background work, which goes on",
        ),
        `amused_background_failures_total ${failures.background}`,
        ...family("amused_unhandled_total", "counter", "Promises rejected unheard: faults of ours"),
        `amused_unhandled_total ${failures.unhandled}`,
      ];
      return `${lines.join("\n")}\n`;
    },
  };
}

export function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}
