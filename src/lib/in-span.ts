// Does a piece of work as a span of the trace that is under way; without one it is just done.
import { currentCause, within } from "./cause.ts";
import type { Span, SpanStart } from "./trace.ts";

/** `act` is handed the span, to tell what it finds out; undefined when there is no trace. */
export async function inSpan<T>(start: SpanStart, act: (span: Span | undefined) => Promise<T>): Promise<T> {
  const { tracer, span: current, component } = currentCause();
  const parent = start.parent ?? current;
  if (!tracer || !(parent || start.seed !== undefined)) return act(undefined);
  const span = tracer.start({ component, ...start, ...(parent && start.seed === undefined && { parent }) });
  try {
    const result = await within({ span: span.context }, () => act(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error ?? "failed");
    throw error;
  }
}
