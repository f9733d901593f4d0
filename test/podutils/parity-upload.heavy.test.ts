// Where and how our initupload and sidecar upload, beside upstream's binaries: paths, types, compression, archives.
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { besideUpstream, upstreamIsMissing } from "./beside-upstream.ts";

const sh = (script: string): string[] => ["sh", "-c", script];
const ARTIFACTS = 'cd "$HOME/../logs/artifacts"';

if (upstreamIsMissing) {
  describe("uploads beside upstream's", () => test.skip(upstreamIsMissing!, () => {}));
} else {
  const beside = besideUpstream();
  const urls = (objects: object) => Object.keys(objects).sort();

  describe("paths beside upstream's", () => {
    const TYPES = ["presubmit", "postsubmit", "periodic", "batch"];
    const STRATEGIES = [
      ["explicit", {}],
      ["legacy", { default_org: "octo", default_repo: "lib" }],
      ["legacy", { default_org: "octo", default_repo: "other" }],
      ["single", { default_org: "octo", default_repo: "lib" }],
      ["single", { default_org: "else", default_repo: "other" }],
    ] as const;
    test.each(STRATEGIES)("%s with %j, for every type of job", async (path_strategy, defaults) => {
      for (const type of TYPES) {
        const spec = type === "periodic" ? { type, refs: undefined } : { type };
        const left = await beside.same({ spec, gcs: { path_strategy, ...defaults } });
        expect(urls(left.objects).filter((url) => url.endsWith("/finished.json"))).toHaveLength(1);
      }
    });

    test("a periodic that clones", async () => {
      const extra = { org: "octo", repo: "lib", base_ref: "main", clone_uri: `file://${beside.repo.path}` };
      await beside.same({
        spec: { type: "periodic", refs: undefined, extra_refs: [extra] },
        placed: () => ({ clonerefs: { refs: [extra] } }),
      });
    });

    test("a prefix, and a directory below the run's", async () => {
      await beside.same({ gcs: { path_prefix: "some/where", sub_dir: "below/it" } });
    });

    test("a directory of the node in place of a bucket", async () => {
      const left = await beside.same({
        command: sh(`${ARTIFACTS}; mkdir d; echo x >d/a.txt; echo out`),
        placed: (at) => ({ gcs: { bucket: "", local_output_dir: at("out") } }),
      });
      expect(Object.keys(left.out)).toContain("artifacts/d/a.txt");
      expect(left.objects).toEqual({});
    });

    test("nothing at all, in a dry run", async () => {
      expect((await beside.same({ gcs: { dry_run: true } })).objects).toEqual({});
    });
  });

  describe("contents beside upstream's", () => {
    const LONG = "seq 1 2000";

    test.each([
      ["none", []],
      ["some", ["txt", "unheard-of"]],
      ["all", ["*"]],
    ])("compressed on the way: %s", async (_which, compress_file_types) => {
      const left = await beside.same({
        command: sh(
          `${LONG}; ${ARTIFACTS}; ${LONG} >long.txt; ${LONG} >long.unheard-of; ${LONG} >plain; echo s >short.txt; ` +
            `${LONG} | gzip -n >packed.txt.gz; ${LONG} | gzip -n >x.gz; echo '<x/>' >a.xml;  ${LONG} >big.json`,
        ),
        gcs: { compress_file_types },
      });
      const packed = Object.values(left.objects).filter(({ contentEncoding }) => contentEncoding);
      expect(packed.length).toBeGreaterThan(compress_file_types.length);
    });

    test("types of the job's own, and by name", async () => {
      await beside.same({
        command: sh(
          `${ARTIFACTS}; for e in prof foo html htm css js mjs json png gif jpg jpeg svg xml pdf wasm webp avif txt unheard-of; do echo "content of $e" >f.$e; done; ` +
            "echo x >noext; echo y >.hidden; : >empty; printf '\\211PNG\\r\\n\\032\\n' >image; printf '%%PDF-1.4' >document; echo ' <HTML>' >page; echo '<b' >nearly; echo '<?xml?>' >markup; printf 'GIF89a' >moving; printf '\\377\\330\\377' >photo; printf 'PK\\003\\004' >packed; printf '\\0asm' >code; printf '\\377\\376a\\0' >wide; printf 'RIFF1234WAVE' >sound; printf '\\032E\\337\\243' >film; printf '\\0\\0\\0\\020ftypmp42\\0\\0\\0\\0' >clip; printf '\\033[1mbold' >coloured; gzip -nc noext >noext.gz; gzip -nc f.html >f.html.gz; gzip -nc f.foo >f.foo.gz",
        ),
        gcs: { mediaTypes: { prof: "application/x-profile", foo: "text/x-foo" } },
      });
    });

    test("archives, as they are", async () => {
      await beside.same({
        command: sh(
          `${ARTIFACTS}; echo x >a.txt; touch -d @0 a.txt; tar --owner=0 --group=0 -cf all a.txt; gzip -nc all >all-packed.gz; gzip -nc all >all.unheard-of.gz; TZ=UTC zip -qX z a.txt; mv z.zip zip; rm a.txt`,
        ),
      });
    });

    test("names that URLs would change", async () => {
      await beside.same({
        command: sh(`${ARTIFACTS}; for n in 'a b' 'a#b' 'a+b' 'ä' "a'b" 'a&b' 'a;b'; do echo x >"$n"; done`),
      });
    });

    test("items of initupload", async () => {
      await beside.same({
        prepare: (at) => writeFileSync(at("home/item.txt"), "an item\n"),
        placed: (at) => ({ gcs: { items: [at("home/item.txt")] } }),
      });
    });
  });
}
