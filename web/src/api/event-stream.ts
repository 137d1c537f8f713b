/** One message of a text/event-stream. An id without data only says how far one has read. */
interface StreamMessage {
  id: string | null;
  event: string | null;
  data: string | null;
}

/** Cuts a stream into messages. What is cut off in the middle is never given out. */
export class StreamParser {
  #rest = "";

  push(chunk: string): StreamMessage[] {
    const text = (this.#rest + chunk).replaceAll("\r\n", "\n");
    const blocks = text.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(parseBlock).filter((message) => message !== null);
  }
}

function parseBlock(block: string): StreamMessage | null {
  const message: StreamMessage = { id: null, event: null, data: null };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") message.id = value;
    if (name === "event") message.event = value;
    if (name === "data") message.data = message.data === null ? value : `${message.data}\n${value}`;
  }
  return message.id === null && message.data === null ? null : message;
}

/** Reads messages until the stream ends, or is silent for longer than its heartbeat allows. */
export async function readStream(
  response: Response,
  onMessage: (message: StreamMessage) => void,
  silence = 40_000,
): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  const parser = new StreamParser();
  for (;;) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), silence);
    });
    const part = await Promise.race([reader.read(), tooLong]);
    clearTimeout(timer);
    if (part === null) return reader.cancel();
    if (part.done) return;
    for (const message of parser.push(part.value)) onMessage(message);
  }
}
