import { useId, useMemo, useRef, useState } from "react";
import { searchContacts } from "@/api/lookups";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { isComposing } from "@/ui/composing";
import { Chip } from "@/ui/Chip";
import { type ComboboxItem, useItems } from "@/ui/combobox-items";
import styles from "./Recipients.module.css";
import { type Person, addPeople, readPeople } from "./people";

const searchFor =
  (client: QueryClient) =>
  async (words: string): Promise<ComboboxItem[]> =>
    (await searchContacts(client, words)).map((one) => ({
      id: one.email,
      label: one.name ?? one.email,
      ...(one.name !== null && { detail: one.email }),
    }));

const said = (person: Person): string => person.name || person.email;

/** Those who get a mail as well: chips, with suggestions from the contacts. */
export function Recipients({
  label,
  people,
  onChange,
  rest,
  onRest,
  hasFocus = false,
}: {
  label: string;
  people: readonly Person[];
  onChange: (people: Person[]) => void;
  /** What was typed and is no address yet. */
  rest: string;
  onRest: (rest: string) => void;
  hasFocus?: boolean;
}) {
  const id = useId();
  const client = useQueryClient();
  const search = useMemo(() => searchFor(client), [client]);
  const input = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [isTold, setTold] = useState(false);
  const found = useItems(search, rest.trim(), isOpen && rest.trim().length > 1);
  const items = isOpen && rest.trim().length > 1 ? found.items.slice(0, 6) : [];
  const error = isTold && rest.trim() !== "" ? `“${rest.trim()}” is no mail address` : null;

  const take = (text: string): void => {
    const read = readPeople(text);
    if (read.people.length > 0) onChange(addPeople(people, read.people).slice(0, 50));
    onRest(read.rest);
    setTold(read.rest !== "");
    setOpen(false);
  };
  const pick = (item: ComboboxItem): void => {
    const name = item.detail === undefined ? "" : item.label;
    onChange(addPeople(people, [{ email: item.id, name }]));
    onRest("");
    setTold(false);
    setOpen(false);
    setAt(-1);
    input.current?.focus();
  };

  return (
    <div
      className={styles.row}
      onClick={(event) => event.target === event.currentTarget && input.current?.focus()}
    >
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {people.map((person) => (
        <Chip
          key={person.email}
          removeLabel={`Remove ${said(person)}`}
          onRemove={() => onChange(people.filter((one) => one !== person))}
        >
          <span title={person.email}>{said(person)}</span>
        </Chip>
      ))}
      <span className={styles.place}>
        <input
          ref={input}
          id={id}
          className={styles.input}
          role="combobox"
          type="text"
          inputMode="email"
          autoComplete="off"
          autoFocus={hasFocus}
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={items[at] ? `${id}-${at}` : undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          value={rest}
          onChange={(event) => {
            const typed = event.target.value;
            setAt(-1);
            setTold(false);
            if (/[,;\n]/.test(typed)) return take(typed);
            setOpen(true);
            onRest(typed);
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData("text");
            if (!/[,;\n]|@.*@/.test(pasted)) return;
            event.preventDefault();
            take(rest + pasted);
          }}
          onBlur={() => take(rest)}
          onKeyDown={(event) => {
            if (isComposing(event.nativeEvent)) return;
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            const marked = items[at];
            if (step !== undefined && items.length > 0) {
              event.preventDefault();
              setAt((at + step + items.length) % items.length);
            } else if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) {
              event.preventDefault();
              if (marked) pick(marked);
              else take(rest);
            } else if (event.key === "Tab" && marked) {
              event.preventDefault();
              pick(marked);
            } else if (event.key === "Escape" && items.length > 0) {
              event.preventDefault();
              event.stopPropagation();
              setOpen(false);
            } else if (event.key === "Backspace" && rest === "" && people.length > 0) {
              onChange(people.slice(0, -1));
            }
          }}
        />
        {items.length > 0 && (
          <div
            id={`${id}-list`}
            role="listbox"
            aria-label={`Contacts for ${label}`}
            className={styles.list}
          >
            {items.map((item, index) => (
              <div
                key={item.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at}
                className={styles.item}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => pick(item)}
              >
                <span className={styles.name}>{item.label}</span>
                <span className={styles.detail}>{item.detail}</span>
              </div>
            ))}
          </div>
        )}
      </span>
      {error && (
        <span id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
