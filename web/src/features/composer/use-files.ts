import { useState } from "react";
import { messageOf } from "@/api/errors";
import { announce } from "@/ui/LiveRegion";
import { pictureOf, readFile, whyNot } from "./attachments";
import type { UnsentKeeper } from "./unsent-keeper";

/** Takes files into the mail, or says why not. */
export function useFiles(keeper: UnsentKeeper) {
  const [problem, setProblem] = useState<string | null>(null);
  const addFiles = async (
    files: File[],
    isInline: boolean,
  ): Promise<{ cid: string; name: string }[]> => {
    const { text } = keeper.get();
    const not = whyNot(files, text.files, text.html);
    setProblem(not);
    if (not !== null || files.length === 0) return [];
    try {
      const read = await Promise.all(
        files.map((file) => {
          const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
          return readFile(file, isInline && isPicture ? crypto.randomUUID() : undefined);
        }),
      );
      keeper.change({ files: [...keeper.get().text.files, ...read] });
      announce(files.length === 1 ? "File attached" : `${files.length} files attached`);
      return read.flatMap((file) =>
        file.ContentID ? [{ cid: file.ContentID, name: file.Name }] : [],
      );
    } catch (error) {
      setProblem(messageOf(error));
      return [];
    }
  };
  return {
    problem,
    addFiles,
    findPicture: (cid: string): string | null => {
      const file = keeper.get().text.files.find((one) => one.ContentID === cid);
      return file ? pictureOf(file) : null;
    },
  };
}
