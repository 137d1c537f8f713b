import { expect, type BrowserContext, type Page, type Request } from "@playwright/test";

/** What may not happen on any page in any test, unless the test says that it is about that. */
export class Guards {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(private readonly origin: string) {}

  /** Faults that match are what the test is about. */
  allow(fault: RegExp): void {
    this.allowed.push(fault);
  }

  watch(context: BrowserContext): void {
    context.on("page", (page) => this.watchPage(page));
    context.on("request", (request) => this.watchRequest(request));
    context.on("response", (response) => {
      if (response.status() >= 500) this.note(`answered ${response.status()}: ${response.url()}`);
    });
  }

  check(): void {
    const faults = this.found.filter((fault) => !this.allowed.some((each) => each.test(fault)));
    expect(faults, "faults in the console, of the policy, or requests elsewhere").toEqual([]);
  }

  private watchPage(page: Page): void {
    page.on("pageerror", (error) => this.note(`error: ${error.message}`));
    page.on("console", (message) => {
      // That a request was refused is for the page to show, and the browser says it by itself.
      const isStatus = message.text().startsWith("Failed to load resource");
      // The recorder of traces tries to run in each frame, and mails let nobody.
      const isRecorder = /^Blocked script execution in '[^']+\/frame'/.test(message.text());
      if (message.type() === "error" && !isStatus && !isRecorder)
        this.note(`console: ${message.text()}`);
      else if (/Content.Security.Policy/i.test(message.text())) this.note(message.text());
    });
  }

  private watchRequest(request: Request): void {
    const url = new URL(request.url());
    const isOurs =
      url.origin === this.origin || ["data:", "blob:", "about:"].includes(url.protocol);
    if (!isOurs) this.note(`asked elsewhere: ${request.url()}`);
  }

  private note(fault: string): void {
    this.found.push(fault);
  }
}
