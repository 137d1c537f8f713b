import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { Chip } from "@/ui/Chip";
import { IconButton } from "@/ui/IconButton";
import styles from "./Files.module.css";
import { type Attached, bytesOf, sizeOf } from "./attachments";

/** The files that go with the mail; pictures of the text stand in the text. */
export function Files({
  files,
  onRemove,
}: {
  files: readonly Attached[];
  onRemove: (file: Attached) => void;
}) {
  const shown = files.filter((file) => !file.ContentID);
  if (shown.length === 0) return null;
  return (
    <ul className={styles.files} aria-label="Attachments">
      {shown.map((file, at) => (
        <li key={at}>
          <Chip
            icon={<Paperclip size={14} aria-hidden />}
            removeLabel={`Remove ${file.Name}`}
            onRemove={() => onRemove(file)}
          >
            <span title={file.Name}>{file.Name}</span>{" "}
            <span className={styles.size}>{sizeOf(bytesOf(file))}</span>
          </Chip>
        </li>
      ))}
    </ul>
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
