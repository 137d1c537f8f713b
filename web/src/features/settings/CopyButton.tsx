import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/Button";
import { announce } from "@/ui/LiveRegion";

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [state, setState] = useState<"ready" | "copied" | "failed">("ready");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setState("copied");
        announce("Copied");
      },
      () => setState("failed"),
    );
  };
  const Icon = state === "copied" ? Check : Copy;
  return (
    <Button size="small" onClick={copy}>
      <Icon size={14} aria-hidden />
      {{ ready: label, copied: "Copied", failed: "Copy it by hand" }[state]}
    </Button>
  );
}
