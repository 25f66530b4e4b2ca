/**
 * Where the files of one profile go: those that hold a plan's values, printed from the profile's own plan. Everything
 * else is shared by all of them, which is what makes a profile a matter of one variable at the start.
 */
import { tunedFileOf } from "../../templates/app/src/config/profile-files.ts";
import type { Plan } from "../plan/plan.ts";
import { serviceView } from "./deploy-views.ts";
import { emitTunedToml } from "./emit-tuned-toml.ts";
import type { EmitRow, RenderRow } from "./manifest.ts";
import { proxyView } from "./proxy-view.ts";
import type { View } from "./render.ts";

export function profileRows(name: string): readonly (EmitRow | RenderRow)[] {
  return [
    { kind: "emit", to: tunedFileOf(name), owner: "managed", text: (plan) => emitTunedToml(plan, name) },
    { ...text("nginx.conf.hbs", `deploy/nginx.${name}.conf`, proxyView), when: isProxied },
    { ...text("haproxy.cfg.hbs", `deploy/haproxy.${name}.cfg`, proxyView), when: isProxied },
    {
      ...text("service-profile.conf.hbs", serviceDropIn(name), (plan) => ({ ...serviceView(plan), profile: name })),
      when: (plan) => plan.answers.deploy.value.includes("systemd"),
    },
  ];
}

/** The settings of the unit that a profile's machine needs otherwise. */
export function serviceDropIn(name: string): string {
  return `deploy/server.${name}.conf`;
}

function text(file: string, to: string, view: (plan: Plan) => View): RenderRow {
  return { kind: "render", from: `text/${file}`, to, owner: "merged", view };
}

function isProxied(plan: Plan): boolean {
  return plan.answers.exposure.value === "proxy";
}
