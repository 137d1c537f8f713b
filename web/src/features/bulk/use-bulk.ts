import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import {
  type BulkPreview,
  type BulkResult,
  type BulkTarget,
  previewBulk,
  runBulk,
} from "@/api/bulk";
import { messageOf } from "@/api/errors";
import { type BulkTask, threads } from "./bulk-words";

type BulkState =
  | { step: "looking" }
  | { step: "refused"; why: string }
  | { step: "preview"; preview: BulkPreview }
  | { step: "running"; done: number; total: number }
  | { step: "partly"; result: BulkResult; why: string | null };

/** Looks at what a change of many threads would do, and does it when told to. */
export function useBulk(
  target: BulkTarget,
  task: BulkTask,
  onDone: (changed: number) => void,
): { state: BulkState; look: () => void; run: () => void } {
  const client = useQueryClient();
  const [state, setState] = useState<BulkState>({ step: "looking" });
  const isThere = useRef(true);

  const ask = (): void => {
    previewBulk(client, target, task.change).then(
      (preview) => isThere.current && setState({ step: "preview", preview }),
      (error: unknown) => isThere.current && setState({ step: "refused", why: messageOf(error) }),
    );
  };
  const begin = useEffectEvent(ask);
  useEffect(() => {
    isThere.current = true;
    begin();
    return () => {
      isThere.current = false;
    };
  }, []);

  const look = (): void => {
    setState({ step: "looking" });
    ask();
  };
  const run = (): void => {
    if (state.step !== "preview") return;
    const { preview } = state;
    const total = preview.items.length;
    setState({ step: "running", done: 0, total });
    const label = `${task.label}: ${threads(preview.summary.updated)}`;
    void runBulk(client, preview, label, (done) => setState({ step: "running", done, total })).then(
      (result) => {
        const why = result.error === null ? null : messageOf(result.error);
        if (why === null && result.summary.failed === 0) onDone(result.summary.updated);
        else setState({ step: "partly", result, why });
      },
    );
  };
  return { state, look, run };
}
