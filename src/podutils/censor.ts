// Replaces secrets in a stream by as many X, wherever the chunks of the stream happen to end.
import { Transform } from "node:stream";

const X = 0x58;

export interface Censor {
  /** A copy with every form of every secret replaced. */
  bytes(input: Uint8Array): Buffer;
  /** The same for a stream, holding back no more than the longest secret. */
  stream(): Transform;
  contains(input: Uint8Array): boolean;
}

/** `forms` as from secretForms. Matches that overlap are all replaced: each is looked for in the original bytes. */
export function censorOf(forms: Buffer[]): Censor {
  const longest = forms[0]?.length ?? 0;
  return {
    bytes(input) {
      const output = Buffer.from(input);
      censorUntil(Buffer.from(input.buffer, input.byteOffset, input.length), output, forms, input.length);
      return output;
    },
    contains: (input) => {
      const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
      return forms.some((form) => bytes.includes(form));
    },
    stream() {
      let pending = Buffer.alloc(0);
      let covered = 0;
      const emit = (cut: number): Buffer => {
        const output = Buffer.from(pending);
        output.fill(X, 0, Math.min(covered, output.length));
        const end = Math.max(covered, censorUntil(pending, output, forms, cut));
        pending = pending.subarray(cut);
        covered = Math.max(0, end - cut);
        return output.subarray(0, cut);
      };
      return new Transform({
        transform(chunk: Buffer, _encoding, done) {
          pending = Buffer.concat([pending, chunk]);
          // A match that starts before the cut also ends within what is known.
          done(null, emit(Math.max(0, pending.length - Math.max(0, longest - 1))));
        },
        flush(done) {
          done(null, emit(pending.length));
        },
      });
    },
  };
}

/** Replaces matches that start before `cut`; returns where the last of them ends. */
function censorUntil(input: Buffer, output: Buffer, forms: Buffer[], cut: number): number {
  let end = 0;
  for (const form of forms) {
    for (let at = input.indexOf(form); at >= 0 && at < cut; at = input.indexOf(form, at + 1)) {
      output.fill(X, at, at + form.length);
      end = Math.max(end, at + form.length);
    }
  }
  return end;
}
