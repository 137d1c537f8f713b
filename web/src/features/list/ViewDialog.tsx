import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useId, useState } from "react";
import { messageOf } from "@/api/errors";
import { asOneFilter, knownQuestion } from "@/api/list-question";
import type { View } from "@/api/types";
import { useCreateView, useUpdateView } from "@/api/views";
import type { Filters } from "@/lib/search-params";
import { announce } from "@/ui/LiveRegion";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Checkbox";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import styles from "./ThreadList.module.css";

/** Saves what the list shows now under a name, or changes a view that was saved. */
export function ViewDialog({
  view,
  filters,
  saved,
  onClose,
}: {
  view: string;
  filters: Filters;
  /** The view to change; without it a new one is made. */
  saved?: View;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const formId = useId();
  const [name, setName] = useState(saved?.name ?? "");
  const [isShared, setShared] = useState(saved?.is_shared ?? false);
  const [takesFilters, setTakesFilters] = useState(true);
  const create = useCreateView();
  const update = useUpdateView(saved?.id ?? "");
  const question = knownQuestion(client, view, filters);
  const filter = question && asOneFilter(question);
  const isNarrowed = Object.keys(filters).length > 0;
  const failed = create.error ?? update.error;

  const onDone = (made: View): void => {
    onClose();
    announce(saved ? "The view was changed" : "The view was saved");
    void navigate({ to: "/inbox/$view", params: { view: made.id }, search: {} });
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const base = { name: name.trim(), is_shared: isShared };
    if (!saved) {
      if (!question || !filter) return;
      create.mutate({ ...base, filters: filter, sort: question.sort }, { onSuccess: onDone });
      return;
    }
    const also =
      isNarrowed && takesFilters && question && filter
        ? { filters: filter, sort: question.sort }
        : {};
    const change = {
      ...(base.name !== saved.name && { name: base.name }),
      ...(isShared !== saved.is_shared && { is_shared: isShared }),
      ...also,
    };
    if (Object.keys(change).length === 0) onClose();
    else update.mutate(change, { onSuccess: onDone });
  };

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={saved ? "Change this view" : "Save as a view"}
      text={saved ? undefined : "Keeps the filters and the order of this list under a name."}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isBusy={create.isPending || update.isPending}
            disabled={name.trim() === "" || (!saved && !filter)}
          >
            {saved ? "Save changes" : "Save view"}
          </Button>
        </>
      }
    >
      <form id={formId} className={styles.form} onSubmit={onSubmit}>
        <Field
          label="Name"
          value={name}
          maxLength={255}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          error={
            failed
              ? `It was not saved. ${messageOf(failed)}`
              : !filter
                ? "A filter of the view and one of yours are about the same. Take one of them away."
                : null
          }
        />
        <Checkbox
          checked={isShared}
          onChange={setShared}
          label="Share with the team: everyone sees it, and can change it"
        />
        {saved && isNarrowed && filter && (
          <Checkbox
            checked={takesFilters}
            onChange={setTakesFilters}
            label="Keep the filters and the order that are set now"
          />
        )}
      </form>
    </Dialog>
  );
}
