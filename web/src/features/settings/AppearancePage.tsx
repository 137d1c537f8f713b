import { useStoredFlag } from "@/lib/stored";
import { THEMES, THEME_NAMES, useTheme } from "@/lib/theme";
import { Select } from "@/ui/Select";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function AppearancePage() {
  const [theme, setTheme] = useTheme();
  const [isDense, setDense] = useStoredFlag("list.dense", false);
  return (
    <Section title="How it looks" text="Kept in this browser alone.">
      <div className={styles.form}>
        <Select
          label="Theme"
          value={theme}
          options={THEMES.map((value) => ({ value, label: THEME_NAMES[value] }))}
          onChange={setTheme}
        />
        <Select
          label="Rows of the list"
          value={isDense ? "dense" : "normal"}
          options={[
            { value: "normal", label: "Comfortable" },
            { value: "dense", label: "Dense: more on one screen" },
          ]}
          onChange={(rows) => setDense(rows === "dense")}
        />
      </div>
    </Section>
  );
}
