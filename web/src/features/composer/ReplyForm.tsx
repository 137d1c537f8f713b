import { useRef, useState } from "react";
import type { ThreadChange } from "@/api/held";
import { useSnippets } from "@/api/snippets";
import { useMe } from "@/api/session";
import type { Thread } from "@/api/types";
import { useAction } from "@/lib/actions";
import { SnoozePicker } from "@/pickers/SnoozePicker";
import { announce } from "@/ui/LiveRegion";
import { DraftBar } from "./DraftBar";
import { DraftBeside, DraftDifference } from "./DraftBeside";
import { Editor, type EditorHandle } from "./Editor";
import { AttachButton, Files } from "./Files";
import { Frame } from "./Frame";
import styles from "./Frame.module.css";
import { MovedOn, NotFilledIn, Notice, OtherText, ThreadGone } from "./Notices";
import { ReplyTo } from "./ReplyTo";
import { type After, SendButton } from "./SendButton";
import { isBlank, textOf } from "./html";
import { recipientOf } from "./people";
import { fillIn, findByWords, unfilled, valuesOf } from "./snippets";
import { readSources } from "./sources";
import { changedText, useDraft } from "./use-draft";
import { useFiles } from "./use-files";
import { useKeeper } from "./use-keeper";
import { useSend } from "./use-send";
import { useWriting } from "./use-writing";

export interface FormProps {
  thread: Thread;
  /** Whether the field takes the focus as it opens. */
  hasFocus: boolean;
  /** Opens the draft beside the text at once, where it does not become the text by itself. */
  opensDraft?: boolean;
  onMode: (mode: "reply" | "comment") => void;
  onClose: () => void;
  onSentAndDone: () => void;
}

const CHANGES: Record<Exclude<After, "snooze">, ThreadChange> = {
  nothing: {},
  done: { status: "done" },
  "done-closed": { status: "done", closed_loop: true },
};

export function ReplyForm({
  thread,
  hasFocus,
  opensDraft = false,
  onMode,
  onClose,
  onSentAndDone,
}: FormProps) {
  const { keeper, state } = useKeeper(thread.id, "reply");
  const { text } = state;
  useWriting(thread.id, state);
  const me = useMe();
  const recipient = recipientOf(thread);
  const draft = useDraft(thread, keeper, state);
  const sources = readSources(thread.ai_draft_sources);
  const files = useFiles(thread.id, keeper, state.isLoaded);
  const sending = useSend(thread.id, keeper, state);
  const snippets = useSnippets().data ?? [];
  const [beside, setBeside] = useState<"draft" | "difference" | null>(opensDraft ? "draft" : null);
  const [rest, setRest] = useState({ cc: "", bcc: "" });
  const [gaps, setGaps] = useState<{ words: string[]; after: After } | null>(null);
  const [foot, setFoot] = useState<HTMLElement | null>(null);
  const [isSnoozing, setSnoozing] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const frame = useRef<HTMLElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const [lastThen, setLastThen] = useState<ThreadChange>({});
  const isMail = recipient.channel === "email";
  const isEmpty = isBlank(text.html);
  const before =
    text.draftAt === thread.ai_draft_generated_at ? (text.draftHtml ?? draft.html) : text.draftHtml;
  const canUse = draft.html !== null && (draft.chip === "use" || draft.hasNewer);
  const values = valuesOf(thread.contact, thread.company, me);

  const sendThen = async (then: ThreadChange, isAnyway = false): Promise<void> => {
    setLastThen(then);
    if (sending.newer && !isAnyway) {
      announce("Somebody answered meanwhile. Send anyway, or keep writing");
      return keep.current?.focus();
    }
    if (!(await sending.send(then, isAnyway))) return;
    files.sent();
    onClose();
    if (then.status !== undefined) onSentAndDone();
  };
  const send = (after: After): void => {
    if (recipient.problem !== null) return announce(recipient.problem);
    if (isEmpty) {
      announce("Write something first");
      return editor.current?.focus();
    }
    if (files.isHindered()) return;
    if (rest.cc.trim() || rest.bcc.trim()) return announce("An address is not complete");
    const words = unfilled(text.html);
    if (words.length > 0 && gaps === null) return setGaps({ words, after });
    setGaps(null);
    if (after === "snooze") return setSnoozing(true);
    void sendThen(CHANGES[after]);
  };
  useAction("send", () => send("nothing"));
  useAction("use-draft", () => (canUse ? setBeside("draft") : editor.current?.focus()));
  useAction("reply", () => editor.current?.focus());

  const closeBeside = (): void => {
    setBeside(null);
    editor.current?.focus();
  };
  const showsDraft = beside === "draft" && canUse;
  const showsDifference = beside === "difference" && draft.chip === "edited" && before !== null;

  return (
    <Frame
      mode="reply"
      frame={frame}
      saved={state.saved}
      onMode={onMode}
      onClose={onClose}
      onFiles={isMail ? (dropped) => files.addFiles(dropped, false) : null}
    >
      {recipient.problem !== null && <Notice tone="warn">{recipient.problem}</Notice>}
      {isMail && recipient.label !== null && (
        <ReplyTo
          label={recipient.label}
          name={thread.contact?.name ?? null}
          text={text}
          onChange={(change) => keeper.change(change)}
          rest={rest}
          onRest={setRest}
        />
      )}
      <DraftBar
        draft={draft}
        sources={sources}
        isOpen={showsDraft}
        onOpen={() => setBeside(showsDraft ? null : "draft")}
        isComparing={showsDifference}
        onCompare={() => setBeside(showsDifference ? null : "difference")}
        canCompare={before !== null}
      />
      <ThreadGone threadId={thread.id} />
      <OtherText state={state} keeper={keeper} />
      {state.problem !== null && (
        <Notice tone="danger">
          <strong>This could not be sent.</strong> {state.problem} Your text is here.
        </Notice>
      )}
      {sending.newer && (
        <MovedOn
          message={sending.newer}
          isBusy={sending.isBusy}
          first={keep}
          onSend={() => void sendThen(lastThen, true)}
          onKeep={() => {
            sending.accept();
            editor.current?.focus();
          }}
        />
      )}
      <div className={styles.body} data-beside={showsDraft || showsDifference}>
        <div className={styles.writing}>
          <Editor
            handle={editor}
            label="Your reply"
            placeholder="Write a reply. Type ; for snippets"
            html={text.html}
            revision={state.revision}
            hasFocus={hasFocus}
            onChange={(html) => keeper.change(changedText(keeper.get().text, html))}
            onShown={(html) => keeper.shown(html)}
            onBlur={() => void keeper.flush()}
            onSend={() => send("nothing")}
            onEscape={() => frame.current?.focus()}
            suggest={{
              ";": (query) =>
                findByWords(snippets, query, (one) => one.title)
                  .slice(0, 20)
                  .map((one) => ({
                    id: one.id,
                    label: one.title,
                    detail: textOf(one.html).slice(0, 80),
                    html: fillIn(one.html, values),
                  })),
            }}
            addFiles={files.addFiles}
            findPicture={files.findPicture}
            end={
              isMail ? <AttachButton onFiles={(picked) => files.addFiles(picked, false)} /> : null
            }
          />
        </div>
        {showsDraft && draft.html !== null && (
          <DraftBeside
            html={draft.html}
            sources={sources}
            isEmpty={isEmpty}
            onReplace={() => {
              draft.replace();
              closeBeside();
            }}
            onInsert={() => {
              draft.insertBelow();
              closeBeside();
            }}
            onDiscard={() => {
              draft.discard();
              closeBeside();
            }}
            onClose={closeBeside}
          />
        )}
        {showsDifference && <DraftDifference before={before} after={text.html} />}
      </div>
      <Files files={text.files} {...files.list} />
      {files.problem !== null && <Notice tone="danger">{files.problem}</Notice>}
      {sending.failure !== null && <Notice tone="danger">{sending.failure}</Notice>}
      {gaps && (
        <NotFilledIn
          words={gaps.words}
          onSend={() => send(gaps.after)}
          onFill={() => {
            setGaps(null);
            editor.current?.focus();
          }}
        />
      )}
      <div className={styles.foot} ref={setFoot}>
        <SnoozePicker
          open={isSnoozing}
          onOpenChange={setSnoozing}
          anchor={foot}
          align="end"
          value={thread.snoozed_until}
          onPick={(at) => void sendThen({ status: "snoozed", snoozed_until: at.toISOString() })}
        />
        <SendButton
          label={`Send to ${recipient.label ?? "nobody"}`}
          isBusy={sending.isBusy}
          disabled={recipient.problem !== null}
          onSend={send}
        />
      </div>
    </Frame>
  );
}
