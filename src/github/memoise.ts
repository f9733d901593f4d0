// A view of GitHub for the handling of one event: the same question is asked once.
import type { GitHubRead } from "./port.ts";

/** Failures are not remembered. Answers are shared: do not change them. */
export function memoised(read: GitHubRead): GitHubRead {
  const answers = new Map<string, Promise<unknown>>();
  return new Proxy(read, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== "function") return method;
      return (...asked: unknown[]) => {
        const key = `${String(name)} ${JSON.stringify(asked)}`;
        let answer = answers.get(key);
        if (!answer) {
          answer = Promise.resolve(method.apply(target, asked));
          answers.set(key, answer);
          answer.catch(() => answers.delete(key));
        }
        return answer;
      };
    },
  });
}
