import { PAIN, PAIN_LEVELS, type PainLevel } from "@/lib/pain";
import { Bars } from "@/ui/Bars";
import { Combobox } from "@/ui/Combobox";
import { type PickerProps, given } from "./picker-props";

const ITEMS = PAIN_LEVELS.map((level) => ({
  id: level,
  label: PAIN[level].label,
  icon: <Bars level={PAIN[level].bars} />,
}));

/** Picks how much something hurts the customer. */
export function PainPicker({
  value,
  onPick,
  ...rest
}: PickerProps & { value: PainLevel; onPick: (level: PainLevel) => void }) {
  return (
    <Combobox
      {...given(rest)}
      label="Pain"
      placeholder="How much does it hurt?"
      items={ITEMS}
      value={[value]}
      onChange={([id]) => {
        const level = PAIN_LEVELS.find((one) => one === id) ?? "UNKNOWN";
        if (level !== value) onPick(level);
      }}
    />
  );
}
