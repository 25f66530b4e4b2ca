import assert from "node:assert/strict";
import { test } from "node:test";
import { installCommand } from "../../../src/config/install-command.ts";

const systems: readonly (readonly [name: string, osRelease: string | undefined, expected: string])[] = [
  ["Debian 12", 'ID=debian\nVERSION_ID="12"\n', "install it with: apt-get install libtcmalloc-minimal4"],
  ["Debian 13", 'ID=debian\nVERSION_ID="13"\n', "install it with: apt-get install libtcmalloc-minimal4t64"],
  [
    "Ubuntu 22.04",
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n',
    "install it with: apt-get install libtcmalloc-minimal4",
  ],
  [
    "Ubuntu 24.04",
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n',
    "install it with: apt-get install libtcmalloc-minimal4t64",
  ],
  ["Fedora", "ID=fedora\nVERSION_ID=42\n", "install it with: dnf install gperftools-libs"],
  [
    "Rocky",
    'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n',
    "install it with: dnf install epel-release && dnf install gperftools-libs",
  ],
  ["Arch", "ID=arch\n", "install it with: pacman -S gperftools"],
  [
    "Alpine",
    "ID=alpine\nVERSION_ID=3.22\n",
    "on Alpine no package helps, because its libraries are built for musl: use a Debian or Ubuntu image",
  ],
  ["an unknown system", "ID=plan9\n", "install gperftools with this system's package manager"],
  ["a system without the file", undefined, "install gperftools with this system's package manager"],
];

for (const [name, osRelease, expected] of systems) {
  test(`installCommand() gives ${name} its command`, () => {
    assert.equal(installCommand("tcmalloc", osRelease), expected);
  });
}

test("installCommand() knows that Debian 13 has mimalloc 3", () => {
  assert.equal(
    installCommand("mimalloc", "ID=debian\nVERSION_ID=13\n"),
    "install it with: apt-get install libmimalloc3",
  );
  assert.equal(
    installCommand("mimalloc", "ID=debian\nVERSION_ID=12\n"),
    "install it with: apt-get install libmimalloc2.0",
  );
  assert.equal(
    installCommand("jemalloc", "ID=debian\nVERSION_ID=13\n"),
    "install it with: apt-get install libjemalloc2",
  );
});
