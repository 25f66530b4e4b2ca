import assert from "node:assert/strict";
import { test } from "node:test";
import { knownRequest } from "../../../bench/cases/bench-requests.ts";
import { WorkConnection, workTally } from "../../../bench/load/work-connection.ts";
import { OK, withScript } from "../../fixture/scripted-server.ts";

test("WorkConnection.run() sends a body that is larger than one piece to its last byte", async () => {
  const bodyBytes = 200_001;
  let received = 0;
  let head = "";
  await withScript(
    (socket, count, bytes) => {
      received += bytes.length;
      if (count === 1) {
        head = new TextDecoder().decode(bytes).split("\r\n\r\n")[0] ?? "";
        received -= head.length + 4;
      }
      if (received === bodyBytes) socket.write(OK);
    },
    async (target) => {
      const connection = new WorkConnection(target);
      const tally = workTally();
      const request = { ...knownRequest("POST", "/", "ok"), bodyBytes };
      await connection.run({ count: 1, request: () => request }, tally);
      connection.close();
      assert.match(head, /\r\nContent-Length: 200001$/);
      assert.deepEqual([tally.done, received], [1, bodyBytes]);
    },
  );
});
