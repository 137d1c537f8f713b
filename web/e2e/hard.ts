import type { Api, Thread } from "./api";
import type { Inbound } from "./server";

type Receive = (message: Inbound) => Promise<{ thread_id: string }>;

export const LONG_NAME =
  "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswesenchafewarenwohlgepflege";
const LONG_TITLE = `${LONG_NAME} asks for the third time why the export stops, what was found out since, and whether anybody looks at it at all`;

/** A thread in which everything is as long as it may be, with forty tags. */
export async function longThread(api: Api): Promise<Thread> {
  const group = await api.post<{ id: string }>("/tags/groups", { name: "Forty", color: "#777" });
  const tags = [];
  for (let at = 0; at < 40; at++) {
    const name = at === 0 ? LONG_NAME : `Tag number ${at}`;
    const made = { name, color: colourOf(at * 9), icon: "Notepad", tag_group_id: group.id };
    tags.push(await api.post<{ id: string }>("/tags", made));
  }
  const company = await api.post<{ id: string }>("/companies", {
    name: `${LONG_NAME} and Daughters`,
    revenue: 1_234_567_890,
  });
  const thread = await api.createThread({
    title: LONG_TITLE,
    text: `<p>${LONG_NAME.repeat(4)}</p><p>https://example.com/${"a/".repeat(200)}</p>`,
    contact_name: `${LONG_NAME} the Elder`,
    contact_email: `${"long.".repeat(10)}name@${"sub.".repeat(20)}customer.example`,
    company_id: company.id,
    pain_level: "HIGH",
    external_ids: { zendesk: "z".repeat(255), intercom: "https://app.example/" + "i".repeat(200) },
  });
  await api.patch(`/threads/${thread.id}`, { tag_ids: tags.map(({ id }) => id) });
  return thread;
}

function colourOf(hue: number): string {
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const part = 0.5 - 0.3 * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(part * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** A mail from right to left, with a table that is wider than the screen. */
export async function foreignThread(receive: Receive): Promise<string> {
  const cells = Array.from({ length: 30 }, (_, at) => `<td>عمود ${at}</td>`).join("");
  const { thread_id } = await receive({
    email: "leila@shop.example",
    name: "ليلى الحسن",
    subject: "التصدير يتوقف عند السطر ٥٠٠ ولا يقول شيئا عن السبب",
    html: `<p>مرحبا، التصدير يتوقف عند السطر ٥٠٠ (see <a href="https://example.com">docs</a>).</p><ul><li>واحد</li><li>اثنان</li></ul><table border="1"><tr>${cells}</tr></table><p>شكرا جزيلا</p><blockquote>كتبت سابقا</blockquote>`,
    files: [{ name: "تقرير الأسبوع.pdf", content_type: "application/pdf", content: "JVBERg==" }],
  });
  return thread_id;
}
