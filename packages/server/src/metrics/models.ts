import type { ModelCounters } from "@amused/core";

/** The counters of models of others, as Prometheus reads them. */
export function modelMetrics(counters: ModelCounters): string {
  const lines = (["language", "embedding"] as const).flatMap((kind) => {
    const { calls, tokens, cached, failures } = counters[kind];
    return [
      `amused_model_calls_total{kind="${kind}"} ${calls}`,
      `amused_model_tokens_total{kind="${kind}"} ${tokens}`,
      `amused_model_cached_total{kind="${kind}"} ${cached}`,
      ...Object.entries(failures).map(
        ([reason, count]) => `amused_model_failures_total{kind="${kind}",reason="${reason}"} ${count}`,
      ),
    ];
  });
  const family = (name: string, help: string) => [
    `# HELP amused_model_${name}_total ${help}`,
    `# TYPE amused_model_${name}_total counter`,
    ...lines.filter((line) => line.startsWith(`amused_model_${name}_total{`)),
  ];
  return [
    ...family("calls", "Calls sent to models of others, each try"),
    ...family("tokens", "Tokens of those calls, as providers count them or else about"),
    ...family("cached", "Answers of models that came out of the cache"),
    ...family("failures", "Questions that a model did not answer, by reason"),
    "",
  ].join("\n");
}
