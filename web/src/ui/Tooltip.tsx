import { Tooltip as Radix } from "radix-ui";
import { type ReactElement, type ReactNode, cloneElement, useEffect, useId, useState } from "react";
import { Borrowed } from "./Borrowed";
import styles from "./Tooltip.module.css";
import { followTooltips } from "./follow-tooltips";

const SIDES = ["top", "right", "bottom", "left"] as const;

type Side = (typeof SIDES)[number];

/**
 * Says what something does, where the pointer rests on it or the focus comes to it by key. It only
 * marks its child: pages have hundreds of these, and one that is shown serves them all.
 */
export function Tooltip({
  text,
  shortcut,
  side = "top",
  children,
}: {
  text: string;
  shortcut?: string | undefined;
  side?: Side;
  children: ReactElement;
}) {
  return cloneElement(children, {
    "data-tooltip": text,
    "data-tooltip-key": shortcut,
    "data-tooltip-side": side,
  } as Record<string, unknown>);
}

/** Once, around everything: shows the one tooltip that there is at a time. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <>
      {children}
      <Radix.Provider>
        <Shown />
      </Radix.Provider>
    </>
  );
}

function Shown() {
  const [owner, setOwner] = useState<HTMLElement | null>(null);
  const id = useId();
  useEffect(() => followTooltips(setOwner), []);
  useEffect(() => {
    if (!owner) return;
    owner.setAttribute("aria-describedby", id);
    // What it belongs to may go while it is shown.
    const gone = new MutationObserver(() => {
      if (!owner.isConnected) setOwner(null);
    });
    gone.observe(document.body, { childList: true, subtree: true });
    return () => {
      gone.disconnect();
      owner.removeAttribute("aria-describedby");
    };
  }, [owner, id]);
  if (!owner) return null;
  const { tooltip, tooltipKey, tooltipSide } = owner.dataset;
  return (
    <Radix.Root
      key={tooltip}
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) setOwner(null);
      }}
    >
      <Radix.Trigger asChild>
        <Borrowed element={owner} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles.tooltip}
          data-tooltip-shown
          // Else what is within is there twice, with the id.
          aria-label={[tooltip, tooltipKey].filter(Boolean).join(" ")}
          side={SIDES.find((side) => side === tooltipSide) ?? "top"}
          sideOffset={6}
          collisionPadding={8}
        >
          <span id={id}>{tooltip}</span>
          {tooltipKey !== undefined && <span className={styles.key}>{tooltipKey}</span>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
