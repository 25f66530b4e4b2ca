/**
 * Files that a folder holds before it holds a project: what a new repository of a code host starts with. They do not
 * make a folder "not empty", and where a generated file of the same name exists, the user's stays.
 */

const DOCUMENT =
  /^(?:readme|licen[cs]e|copying|notice|changelog|contributing|code_of_conduct|security|authors)(?:[-.][\w.-]+)?$/i;
const REPOSITORY_FILES: ReadonlySet<string> = new Set([".gitignore", ".gitattributes", ".editorconfig", ".mailmap"]);
/** Of version control, editors and desktops; never written, never read. */
const BYSTANDERS: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  ".idea",
  ".vscode",
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
]);

const LOCKFILE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock)$/;

/** Whether a package manager writes the file as a whole: parts of two of them together are a third that nobody resolved. */
export function isLockfile(path: string): boolean {
  return LOCKFILE.test(path);
}

/** Whether the user's file of this path stays instead of ours. Only files directly in the project count. */
export function isDocument(path: string): boolean {
  return DOCUMENT.test(path) || REPOSITORY_FILES.has(path);
}

/** Whether a folder that holds nothing else counts as free for a new project. */
export function leavesFolderFree(name: string): boolean {
  return isDocument(name) || BYSTANDERS.has(name);
}
