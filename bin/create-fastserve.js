#!/usr/bin/env node
// Nothing newer than Node 12's syntax may stand here: an old Node must get as far as the message.
// 20.12 is the first release with util.styleText, which the prompt library imports by name.
var parts = process.versions.node.split(".");
var major = Number(parts[0]);
var minor = Number(parts[1]);

if (major < 20 || (major === 20 && minor < 12)) {
  console.error(
    "create-fastserve needs Node 20.12 or newer; this is Node " +
      process.versions.node +
      ".\n-> Install a current Node, or start it with Bun or Deno: bun create fastserve, deno run -A npm:create-fastserve",
  );
  process.exit(2);
}

import("../dist/create-fastserve.js").then((bundle) => {
  bundle.run();
});
