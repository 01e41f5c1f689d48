/** Whether the page is one of several, below the overview of `vigil dashboard`. */
export const IS_SHARED = /\/session\/[^/]+\/$/.test(location.pathname);
