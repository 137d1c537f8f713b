/** Who sent or got a message, as far as the channel says. */
export interface Person {
  name: string;
  email: string | null;
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : null;

export function personOf(said: unknown): Person {
  if (typeof said === "string") return { name: said, email: said.includes("@") ? said : null };
  const { name, email } = (typeof said === "object" && said !== null ? said : {}) as {
    name?: unknown;
    email?: unknown;
  };
  return { name: text(name) ?? text(email) ?? "Unknown sender", email: text(email) };
}

export const peopleOf = (said: readonly unknown[]): Person[] => said.map(personOf);
