import type { APIRequestContext, APIResponse } from "@playwright/test";
import type { components } from "../src/api/schema";

type Schemas = components["schemas"];
export type Thread = Schemas["ThreadOut"];
export type ThreadCreate = Schemas["ThreadCreate"];

/** The public API, called with the key of the demo: to bring about what a test is about. */
export class Api {
  constructor(private readonly requests: APIRequestContext) {}

  get<Answer>(path: string): Promise<Answer> {
    return answerOf(this.requests.get(at(path)));
  }

  post<Answer>(path: string, data: unknown): Promise<Answer> {
    return answerOf(this.requests.post(at(path), { data }));
  }

  patch<Answer>(path: string, data: unknown): Promise<Answer> {
    return answerOf(this.requests.patch(at(path), { data }));
  }

  delete<Answer>(path: string): Promise<Answer> {
    return answerOf(this.requests.delete(at(path)));
  }

  /** A thread of a test's own, so that no other test gets into its way. */
  createThread(fields: Partial<ThreadCreate> = {}): Promise<Thread> {
    const mark = Math.random().toString(36).slice(2, 10);
    return this.post("/threads", {
      title: `Thread ${mark}`,
      text: `<p>Words of thread ${mark}.</p>`,
      pain_level: "LOW",
      contact_email: `${mark}@customer.example`,
      contact_name: `Customer ${mark}`,
      ...fields,
    });
  }
}

const at = (path: string): string => `./${path.replace(/^\//, "")}`;

async function answerOf<Answer>(asked: Promise<APIResponse>): Promise<Answer> {
  const answer = await asked;
  if (!answer.ok()) throw new Error(`${answer.status()} ${answer.url()}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
