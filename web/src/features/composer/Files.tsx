import { CircleAlert, Paperclip } from "lucide-react";
import { useRef } from "react";
import { sizeInWords } from "@/lib/sizes";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { IconButton } from "@/ui/IconButton";
import { cx } from "@/ui/cx";
import styles from "./Files.module.css";
import { type Attached, bytesOf, isPicture } from "./attachments";
import type { Upload } from "./uploads";

/** The files that go with the mail, and those on their way; pictures of the text stand in the text. */
export function Files({
  files,
  uploads,
  onRemove,
  onRetry,
  onCancel,
}: {
  files: readonly Attached[];
  uploads: readonly Upload[];
  onRemove: (file: Attached) => void;
  onRetry: (upload: Upload) => void;
  onCancel: (upload: Upload) => void;
}) {
  const shown = files.filter((file) => !file.ContentID || file.isGone);
  if (shown.length + uploads.length === 0) return null;
  const shownUpload = (upload: Upload) => (
    <OnItsWay
      key={upload.id}
      upload={upload}
      onRetry={() => onRetry(upload)}
      onCancel={() => onCancel(upload)}
    />
  );
  return (
    <ul className={styles.files} aria-label="Attachments">
      {/* What failed is to be seen without scrolling. */}
      {uploads.filter(({ problem }) => problem !== null).map(shownUpload)}
      {shown.map((file) => (
        <li
          key={file.file_id ?? `${file.Name} ${bytesOf(file)}`}
          className={cx(file.isGone && styles.failed)}
        >
          <Chip
            icon={<FileIcon hasProblem={file.isGone === true} />}
            removeLabel={`Remove ${file.Name}`}
            onRemove={() => onRemove(file)}
          >
            <Name name={file.Name} detail={sizeInWords(bytesOf(file))} />
          </Chip>
          {file.isGone && (
            <span className={styles.problem} role="alert">
              No longer there. {isPicture(file.ContentType) && file.ContentID ? "Paste" : "Attach"}{" "}
              it again.
            </span>
          )}
        </li>
      ))}
      {uploads.filter(({ problem }) => problem === null).map(shownUpload)}
    </ul>
  );
}

const FileIcon = ({ hasProblem }: { hasProblem: boolean }) =>
  hasProblem ? (
    <CircleAlert size={14} aria-hidden className={styles.sign} />
  ) : (
    <Paperclip size={14} aria-hidden />
  );

function Name({ name, detail }: { name: string; detail: string }) {
  return (
    <span className={styles.line}>
      <span className={styles.name} dir="auto" title={name}>
        {name}
      </span>
      <span className={styles.size}>{detail}</span>
    </span>
  );
}

function OnItsWay({
  upload: { name, size, sent, problem },
  onRetry,
  onCancel,
}: {
  upload: Upload;
  onRetry: () => void;
  onCancel: () => void;
}) {
  const percent = Math.floor((sent / size) * 100);
  return (
    <li className={cx(problem !== null && styles.failed)}>
      <span className={styles.chip}>
        <Chip
          icon={<FileIcon hasProblem={problem !== null} />}
          removeLabel={problem === null ? `Stop attaching ${name}` : `Remove ${name}`}
          onRemove={onCancel}
        >
          <Name name={name} detail={problem === null ? `${percent} %` : sizeInWords(size)} />
        </Chip>
        {problem === null && (
          <progress
            className={styles.progress}
            aria-label={`Attaching ${name}`}
            max={size}
            value={sent}
          />
        )}
      </span>
      {problem !== null && (
        <>
          <span className={styles.problem} role="alert">
            Not attached. {problem}
          </span>
          <Button size="small" aria-label={`Try again: ${name}`} onClick={onRetry}>
            Try again
          </Button>
        </>
      )}
    </li>
  );
}

export function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        label="Attach files"
        icon={<Paperclip size={16} />}
        onClick={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}
