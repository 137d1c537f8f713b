import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = join(root, ".venv", "bin", "python");
const program = ["-m", "looplane.cli"];

/** What `looplane serve --json` says once it is ready. */
interface Greeting {
  url: string;
  key: string;
  inbox: string;
  thread_id: string;
}

/** A message as a customer sends it; files have their bytes in base64. */
export interface Inbound {
  email: string;
  html: string;
  name?: string;
  subject?: string;
  thread_id?: string;
  files?: { name: string; content_type: string; content: string; content_id?: string }[];
}

/** `looplane serve` with the demo workspace, in a folder of its own. */
export class Looplane {
  private channel: { process: ChildProcess; lines: AsyncIterator<string> } | undefined;

  private constructor(
    private readonly folder: string,
    private readonly settings: NodeJS.ProcessEnv,
    private process: ChildProcess,
    readonly greeting: Greeting,
  ) {}

  static async start(): Promise<Looplane> {
    if (!existsSync(python)) throw new Error("Run `make setup-dev` first.");
    const folder = mkdtempSync(join(tmpdir(), "looplane-e2e-"));
    chmodSync(folder, 0o755); // PostgreSQL may run as another user
    const settings = settingsFor(folder);
    // One that is free when it is taken: another program could be quicker to one that was looked up.
    const started = serve({ ...settings, LOOPLANE_PORT: "0" });
    const greeting = await greetingOf(started);
    settings["LOOPLANE_PORT"] = new URL(greeting.url).port;
    return new Looplane(folder, settings, started, greeting);
  }

  get url(): string {
    return this.greeting.url;
  }

  /** Runs `looplane …` on the same data, and answers what it says as JSON. */
  cli(...words: string[]): unknown {
    const said = execFileSync(python, [...program, ...words, "--json"], {
      cwd: root,
      env: this.settings,
      encoding: "utf8",
    });
    return documentIn(said);
  }

  /** Takes in a message, as if it came by mail. */
  async receive(
    workspaceId: string,
    message: Inbound,
  ): Promise<{ message_id: string; thread_id: string }> {
    this.channel ??= this.openChannel();
    this.channel.process.stdin?.write(
      `${JSON.stringify({ ...message, workspace_id: workspaceId })}\n`,
    );
    const line = await this.channel.lines.next();
    if (line.done) throw new Error("The message could not be taken in.");
    return JSON.parse(line.value) as { message_id: string; thread_id: string };
  }

  private openChannel() {
    const process = spawn(python, ["-m", "tests.inbound_messages"], {
      cwd: root,
      env: this.settings,
      stdio: ["pipe", "pipe", "inherit"],
    });
    return { process, lines: createInterface(process.stdout)[Symbol.asyncIterator]() };
  }

  /** Ends the process; nothing answers at `url` until `restart`. */
  async halt(): Promise<void> {
    this.channel?.process.stdin?.end();
    this.channel = undefined;
    await ended(this.process, "SIGTERM");
  }

  /** Serves the same data at the same address again. */
  async restart(): Promise<void> {
    this.process = serve(this.settings);
    await greetingOf(this.process);
  }

  /** Ends the process, and takes away all that it kept. */
  async stop(): Promise<void> {
    this.channel?.process.stdin?.end();
    await ended(this.process, "SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a command says with `--json`, behind whatever it logs. */
function documentIn(said: string): unknown {
  return JSON.parse(said.slice(said.search(/^\{$/m))) as unknown;
}

function settingsFor(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("LOOPLANE_"));
  return {
    ...Object.fromEntries(inherited),
    PYTHONPATH: `${join(root, "src")}:${root}`,
    LOOPLANE_DATA_DIR: join(folder, "data"),
    LOOPLANE_READS_PER_MINUTE: "0",
    LOOPLANE_WRITES_PER_MINUTE: "0",
    LOOPLANE_LOG_LEVEL: "warning",
    LOOPLANE_LOG_FORMAT: "json",
  };
}

function serve(settings: NodeJS.ProcessEnv): ChildProcess {
  return spawn(python, [...program, "serve", "--json"], {
    cwd: root,
    env: settings,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function greetingOf(started: ChildProcess): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    let said = "";
    started.once("exit", (code) => reject(new Error(`looplane serve ended with ${code ?? "?"}`)));
    started.stdout?.on("data", (part: Buffer) => {
      said += part.toString();
      try {
        resolve(documentIn(said) as Greeting);
      } catch {
        // There is more to come.
      }
    });
  });
}

async function ended(started: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (started.exitCode !== null) return;
  const gone = new Promise((resolve) => started.once("exit", resolve));
  started.kill(signal);
  await gone;
}
