/** HTML by template: what is put into it is escaped unless it is HTML itself, so that no title can become markup. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Hole = Html | string | number | readonly Hole[];

export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return new Html(
    parts.map((part, place) => (place === 0 ? part : `${markup(holes[place - 1] ?? "")}${part}`)).join(""),
  );
}

function markup(hole: Hole): string {
  if (hole instanceof Html) return hole.text;
  if (typeof hole === "string" || typeof hole === "number") return escaped(String(hole));
  return hole.map(markup).join("");
}

export const nothing = new Html("");

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON inside a script element: "<" could end it, or begin a comment that swallows the rest of the page. */
export function scriptJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/</g, "\\u003c"));
}
