/** Finds the endpoint of a request with the server's own router: for what an adapter has no native route for. */
import { buildRouter } from "../http/router.ts";
import { endpointOf, type Peer, type Resource, type Site } from "./port.ts";

export type Dispatch = (request: Request, peer: Peer) => Response | Promise<Response>;

/** @param added further resources of the adapter's own: what it answers at the paths of WebSockets */
export function dispatcher(site: Site, added: readonly Resource[] = []): Dispatch {
  const router = buildRouter([...site.resources, ...added]);
  return (request, peer) => {
    let found: ReturnType<typeof router.find>;
    try {
      found = router.find(request.url);
    } catch {
      // The path is malformed; the fallback finds that again and says so.
      return site.fallback(request, peer);
    }
    const endpoint = found && endpointOf(found.value, request.method);
    return found && endpoint ? endpoint(request, found.params, peer) : site.fallback(request, peer);
  };
}
