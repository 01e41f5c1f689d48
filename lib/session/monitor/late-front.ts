import type { ControlRoute } from '../../http/control-route.ts';
import type { UpgradeHandler } from '../../http/http-door.ts';
import type { FrontPart } from './http-front.ts';

/** What the control socket serves of the parts of the TCP front, which are there from the first time one of them is asked for. */
export interface LateFront {
  readonly routes: readonly ControlRoute[];
  readonly onUpgrade: UpgradeHandler;
}

const SAMPLES = '/samples';

/** @param parts - makes them when it is first called; @lazy */
export function createLateFront(parts: () => readonly FrontPart[]): LateFront {
  const samples: ControlRoute = {
    method: 'GET',
    path: SAMPLES,
    access: 'read',
    handle: (request) => {
      const routes = parts().flatMap((part) => part.routes);
      const route = routes.find(({ path }) => path === SAMPLES);
      return route?.handle(request) ?? { kind: 'json', body: null, status: 404 };
    },
  };
  return {
    routes: [samples],
    onUpgrade: (request, socket, head) => {
      const part = parts().find(({ onUpgrade }) => onUpgrade !== undefined);
      if (part?.onUpgrade === undefined) socket.destroy();
      else part.onUpgrade(request, socket, head);
    },
  };
}
