import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { NewPasswordField } from "@/ui/PasswordField";
import type { Faults } from "@/api/form-faults";

export interface NewMember {
  name: string;
  email: string;
  password: string;
}

/** Who somebody is, and the password that they will sign in with. */
export function NewMemberFields({
  member,
  onChange,
  faults,
  isEmailFixed = false,
}: {
  member: NewMember;
  onChange: (member: NewMember) => void;
  faults: Faults;
  isEmailFixed?: boolean;
}) {
  const field = (name: keyof NewMember) => ({
    value: member[name],
    onChange: (event: { target: { value: string } }) =>
      onChange({ ...member, [name]: event.target.value }),
    error: faults.of[name],
  });
  const name = (
    <Field label="Your name" autoComplete="name" required maxLength={255} {...field("name")} />
  );
  return (
    <>
      <FormFault>{faults.rest}</FormFault>
      {!isEmailFixed && name}
      <Field
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        readOnly={isEmailFixed}
        {...field("email")}
      />
      {isEmailFixed && name}
      <NewPasswordField label="Password" autoFocus {...field("password")} />
    </>
  );
}
