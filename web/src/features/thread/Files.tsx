import { File, FileArchive, FileText, Image, Music, Video } from "lucide-react";
import { APP } from "@/api/client";
import { sizeInWords } from "@/lib/sizes";
import { type MessageFile, kindOf } from "./attachments";
import styles from "./Card.module.css";

function FileIcon({ type }: { type: string }) {
  if (type.startsWith("image/")) return <Image size={16} aria-hidden />;
  if (type.startsWith("video/")) return <Video size={16} aria-hidden />;
  if (type.startsWith("audio/")) return <Music size={16} aria-hidden />;
  if (/zip|tar|compressed/.test(type)) return <FileArchive size={16} aria-hidden />;
  if (/pdf|text|word|document/.test(type)) return <FileText size={16} aria-hidden />;
  return <File size={16} aria-hidden />;
}

/** The files that came with a message: pictures open, all else is saved. */
export function Files({ messageId, files }: { messageId: string; files: readonly MessageFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul className={styles.files} aria-label="Files">
      {files.map((file) => (
        <li key={file.id}>
          <a
            className={styles.file}
            href={`${APP}/attachments/${messageId}/${file.id}`}
            target="_blank"
            rel="noreferrer"
          >
            <FileIcon type={file.type} />
            <span className={styles.fileName} dir="auto" title={file.name}>
              {file.name}
            </span>
            <span className={styles.quiet}>
              {kindOf(file)}
              {file.size !== null && `, ${sizeInWords(file.size)}`}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
