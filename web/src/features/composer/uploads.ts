import { ApiError, isAbort, messageOf } from "@/api/errors";
import type { uploadFile } from "@/api/outgoing-files";
import { type Attached, cleanName, isPicture } from "./attachments";

/** A file on its way to the server. */
export interface Upload {
  id: string;
  name: string;
  size: number;
  /** How many bytes of it have gone. */
  sent: number;
  /** Why it did not get there; it waits to be tried again, or removed. */
  problem: string | null;
  /** By which a picture within the text names it. */
  contentId: string | null;
}

// More at once are no faster, and leave no connection to the rest of the page.
const AT_ONCE = 2;
const PAUSES_MS = [2_000, 8_000];

interface Task {
  file: File;
  tries: number;
  stop: AbortController | null;
}

/** The files on their way for one reply. They go on while another thread is open. */
export class Uploads {
  #uploads: readonly Upload[] = [];
  #tasks = new Map<string, Task>();
  #pictures = new Map<string, string>();
  #done: Attached[] = [];
  #attach: ((files: Attached[]) => void) | null = null;
  #listeners = new Set<() => void>();
  #upload: typeof uploadFile;

  constructor(upload: typeof uploadFile) {
    this.#upload = upload;
  }

  get = (): readonly Upload[] => this.#uploads;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Who takes what is there: what came while nobody did is handed over at once. */
  connect(attach: (files: Attached[]) => void): () => void {
    this.#attach = attach;
    this.#handOver();
    return () => {
      if (this.#attach === attach) this.#attach = null;
    };
  }

  add(file: File, contentId: string | null): void {
    const id = crypto.randomUUID();
    this.#tasks.set(id, { file, tries: 0, stop: null });
    if (contentId !== null && isPicture(file.type)) {
      this.#pictures.set(contentId, URL.createObjectURL(file));
    }
    const upload = { id, name: cleanName(file.name), size: file.size };
    this.#set([...this.#uploads, { ...upload, sent: 0, problem: null, contentId }]);
    this.#next();
  }

  retry(id: string): void {
    const task = this.#tasks.get(id);
    if (!task || task.stop) return;
    task.tries = 0;
    this.#change(id, { problem: null, sent: 0 });
    this.#next();
  }

  remove(id: string): void {
    this.#tasks.get(id)?.stop?.abort();
    this.#tasks.delete(id);
    this.#set(this.#uploads.filter((one) => one.id !== id));
    this.#next();
  }

  /** A picture of the text, as this page has it. */
  pictureOf = (contentId: string): string | null => this.#pictures.get(contentId) ?? null;

  /** After sending: nobody looks at the pictures any more. */
  forgetPictures(): void {
    for (const address of this.#pictures.values()) URL.revokeObjectURL(address);
    this.#pictures.clear();
  }

  #set(uploads: readonly Upload[]): void {
    this.#uploads = uploads;
    for (const listener of [...this.#listeners]) listener();
  }

  #change(id: string, change: Partial<Upload>): void {
    this.#set(this.#uploads.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }

  #next(): void {
    const busy = [...this.#tasks.values()].filter((task) => task.stop !== null).length;
    const waiting = this.#uploads.filter(
      (one) => one.problem === null && this.#tasks.get(one.id)?.stop === null,
    );
    for (const one of waiting.slice(0, Math.max(0, AT_ONCE - busy))) void this.#run(one);
  }

  async #run({ id, name, contentId }: Upload): Promise<void> {
    const task = this.#tasks.get(id);
    if (!task) return;
    task.stop = new AbortController();
    const { signal } = task.stop;
    try {
      const onProgress = (sent: number): void => this.#change(id, { sent });
      const file = await this.#tryUntil(task, name, { onProgress, signal });
      this.#tasks.delete(id);
      this.#done.push({
        Name: file.name,
        ContentType: file.content_type,
        file_id: file.id,
        ContentLength: file.size,
        ...(contentId !== null && { ContentID: contentId }),
      });
      this.#handOver();
      this.#set(this.#uploads.filter((one) => one.id !== id));
    } catch (error) {
      task.stop = null;
      if (!signal.aborted) this.#change(id, { problem: messageOf(error), sent: 0 });
    }
    this.#next();
  }

  /** Tries it a few times, where it may well succeed later. */
  async #tryUntil(task: Task, name: string, options: Parameters<typeof uploadFile>[2]) {
    for (;;) {
      try {
        return await this.#upload(task.file, name, options);
      } catch (error) {
        const wait = PAUSES_MS[task.tries++];
        const isHopeless = !(error instanceof ApiError) || !error.isTransient;
        if (isAbort(error) || options.signal.aborted || isHopeless || wait === undefined)
          throw error;
        await pause(Math.max(wait, (error.retryAfter ?? 0) * 1000), options.signal);
      }
    }
  }

  #handOver(): void {
    if (!this.#attach || this.#done.length === 0) return;
    const done = this.#done;
    this.#done = [];
    this.#attach(done);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
