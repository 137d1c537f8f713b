import { PencilLine, Sparkles, TriangleAlert, X } from "lucide-react";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { useKeyLabel } from "@/lib/actions";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { Popover } from "@/ui/Popover";
import { Spinner } from "@/ui/Spinner";
import { Tooltip } from "@/ui/Tooltip";
import styles from "./Draft.module.css";
import { Sources } from "./Sources";
import type { Source } from "./sources";
import type { DraftUse } from "./use-draft";

/** What is to be known of the draft, above the text. Nothing where there is nothing to say. */
export function DraftBar({
  draft,
  sources,
  isOpen,
  onOpen,
  isComparing,
  onCompare,
  canCompare,
}: {
  draft: DraftUse;
  sources: readonly Source[];
  /** Whether the draft is open beside the text. */
  isOpen: boolean;
  onOpen: () => void;
  isComparing: boolean;
  onCompare: () => void;
  canCompare: boolean;
}) {
  const now = useNow();
  const draftKey = useKeyLabel("use-draft");
  const { chip, badgeShown, failedAt, isStale } = draft;
  if (!chip && !badgeShown && !failedAt) return null;
  return (
    <div className={styles.bar}>
      {badgeShown && (
        <Badge tone="accent">
          <Spinner />
          {badgeShown === "drafting" ? "Drafting…" : "Updating…"}
        </Badge>
      )}
      {(chip === "drafted" || chip === "edited") && (
        <SourcesChip
          isEdited={chip === "edited"}
          draft={draft}
          sources={sources}
          isComparing={isComparing}
          onCompare={onCompare}
          canCompare={canCompare}
        />
      )}
      {draft.hasSwapped && <Badge tone="ok">Updated just now</Badge>}
      {(chip === "use" || draft.hasNewer) && (
        <button type="button" className={styles.chip} aria-expanded={isOpen} onClick={onOpen}>
          <Sparkles size={14} aria-hidden />
          {draft.hasNewer ? "Use newer AI draft" : "Use AI draft"}
          {draftKey !== undefined && <Kbd>{draftKey}</Kbd>}
        </button>
      )}
      {isStale && (
        <Badge tone="warn">
          <TriangleAlert size={12} aria-hidden />
          Written before the last message
        </Badge>
      )}
      {draft.replaced && (
        <span className={styles.quiet}>
          Your text was replaced.{" "}
          <Button size="small" variant="quiet" onClick={draft.takeBack}>
            Take it back
          </Button>
        </span>
      )}
      {chip === "drafted" && (
        <Button size="small" variant="quiet" onClick={draft.discard}>
          Discard
        </Button>
      )}
      {failedAt && (
        <span className={styles.failed}>
          <TriangleAlert size={12} aria-hidden />
          AI draft failed
          <time dateTime={failedAt} title={fullDate(failedAt)}>
            {shortTime(failedAt, now)}
          </time>
          <button
            type="button"
            className={styles.dismiss}
            aria-label="Dismiss the failed AI draft"
            onClick={draft.dismissError}
          >
            <X size={14} aria-hidden />
          </button>
        </span>
      )}
    </div>
  );
}

function SourcesChip({
  isEdited,
  draft,
  sources,
  isComparing,
  onCompare,
  canCompare,
}: {
  isEdited: boolean;
  draft: DraftUse;
  sources: readonly Source[];
  isComparing: boolean;
  onCompare: () => void;
  canCompare: boolean;
}) {
  const count = sources.length === 1 ? "1 source" : `${sources.length} sources`;
  const label = isEdited ? "AI draft, edited" : "Drafted by AI";
  const Icon = isEdited ? PencilLine : Sparkles;
  return (
    <>
      <Popover
        label={`${label}: its sources`}
        trigger={
          <button type="button" className={styles.chip}>
            <Tooltip
              text={
                sources.length === 0
                  ? "It names no sources"
                  : sources
                      .slice(0, 5)
                      .map((one) => one.title)
                      .join(" · ")
              }
            >
              <span className={styles.chipWords}>
                <Icon size={14} aria-hidden />
                {label}
                {sources.length > 0 && <span className={styles.count}>{count}</span>}
              </span>
            </Tooltip>
          </button>
        }
      >
        <div className={styles.popover}>
          <h3>Drafted by AI from</h3>
          <Sources sources={sources} />
          {isEdited && draft.html !== null && (
            <Button size="small" onClick={draft.discard}>
              Discard the draft, keep my text
            </Button>
          )}
        </div>
      </Popover>
      {isEdited && canCompare && (
        <Button size="small" variant="quiet" aria-pressed={isComparing} onClick={onCompare}>
          {isComparing ? "Hide changes" : "Show changes"}
        </Button>
      )}
    </>
  );
}
