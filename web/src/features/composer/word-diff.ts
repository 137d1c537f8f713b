interface Part {
  kind: "same" | "removed" | "added";
  text: string;
}

// A table of so many cells is made in a few milliseconds; beyond, all counts as replaced.
const MAX_CELLS = 4_000_000;

const wordsOf = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_'’-]+|[^\s]/gu) ?? [];

/** What was taken out of one text and put into it to make the other, in words. */
export function wordDiff(before: string, after: string): Part[] {
  const one = wordsOf(before);
  const two = wordsOf(after);
  let start = 0;
  while (start < one.length && start < two.length && one[start] === two[start]) start++;
  let end = 0;
  while (
    end < one.length - start &&
    end < two.length - start &&
    one[one.length - 1 - end] === two[two.length - 1 - end]
  ) {
    end++;
  }
  const middle = between(one.slice(start, one.length - end), two.slice(start, two.length - end));
  return joined([
    ...one.slice(0, start).map((text): Part => ({ kind: "same", text })),
    ...middle,
    ...one.slice(one.length - end).map((text): Part => ({ kind: "same", text })),
  ]);
}

function between(one: string[], two: string[]): Part[] {
  const removed = (text: string): Part => ({ kind: "removed", text });
  const added = (text: string): Part => ({ kind: "added", text });
  if (one.length * two.length > MAX_CELLS) return [...one.map(removed), ...two.map(added)];
  const width = two.length + 1;
  // How many words are common to what follows, for each pair of places.
  const common = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = two.length - 1; j >= 0; j--) {
      common[i * width + j] =
        one[i] === two[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const parts: Part[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < two.length) {
    const [left, right] = [one[i], two[j]];
    if (left !== undefined && left === right) {
      parts.push({ kind: "same", text: left });
      i++;
      j++;
    } else if (
      left !== undefined &&
      (right === undefined ||
        (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      parts.push(removed(left));
      i++;
    } else if (right !== undefined) {
      parts.push(added(right));
      j++;
    }
  }
  return parts;
}

/** Runs of one kind as one part, and within a changed run first what went, then what came. */
function joined(parts: readonly Part[]): Part[] {
  const runs: Part[] = [];
  let removed = "";
  let added = "";
  const flush = (): void => {
    if (removed !== "") runs.push({ kind: "removed", text: removed });
    if (added !== "") runs.push({ kind: "added", text: added });
    removed = "";
    added = "";
  };
  for (const [at, part] of parts.entries()) {
    // A blank between two changed words belongs to both changes, so that they are read as one.
    const isBlankWithin =
      part.kind === "same" &&
      /^[^\S\n]+$/.test(part.text) &&
      (removed !== "" || added !== "") &&
      parts[at + 1] !== undefined &&
      parts[at + 1]?.kind !== "same";
    if (isBlankWithin) {
      removed += part.text;
      added += part.text;
    } else if (part.kind === "same") {
      flush();
      const last = runs.at(-1);
      if (last?.kind === "same") last.text += part.text;
      else runs.push({ ...part });
    } else if (part.kind === "removed") removed += part.text;
    else added += part.text;
  }
  flush();
  return runs;
}
