import { expect, test } from "vitest";
import {
  foreign,
  leftovers,
  MOST_PAGES,
  offlineCache,
  pageCache,
  pagesAt,
  personal,
  pictureCache,
} from "./caches";
import { changesPerson, filesIn, heldPath, verdict } from "./pages";

const at = (path: string) => new URL(path, "http://studio.test");

test("the host's page is held under one path, whatever its query and by its older address too", () => {
  for (const path of [
    "/sessions/2/host",
    "/sessions/2/host?sp=1",
    "/sessions/2/run?view=host",
    "/sessions/2/run",
  ])
    expect(heldPath(at(path))).toBe("/sessions/2/host");
  for (const path of [
    "/sessions/2/producer",
    "/sessions/2/run?view=producer",
    "/sessions",
    "/sessions/x/host",
  ])
    expect(heldPath(at(path))).toBe(undefined);
});

test("the paper of a show is held, whatever stands on it", () => {
  expect(heldPath(at("/sessions/2/paper?pictures=no"))).toBe("/sessions/2/paper");
  expect(heldPath(at("/sessions/2/paper.html"))).toBe(undefined);
  expect(verdict("/sessions/2/paper", { status: 0, type: "opaqueredirect" })).toBe("drop");
});

test("an answer says whether the copy stays, goes, or is better", () => {
  const said = (path: string, status: number, type: ResponseType = "basic") =>
    verdict(path, { status, type });
  const page = "/sessions/2/host";
  expect(said(page, 200)).toBe("pass");
  expect(said(page, 0, "opaqueredirect")).toBe("drop"); // to the sign-in
  expect(said("/sessions/2/run", 0, "opaqueredirect")).toBe("pass"); // to the page
  for (const status of [401, 403, 404, 410]) expect(said(page, status)).toBe("drop");
  for (const status of [500, 502, 503]) expect(said(page, status)).toBe("away");
});

test("signing in as anybody is noticed", () => {
  expect(
    ["/enter/x:y", "/sign-in?next=/", "/sign-out", "/sessions"].map((path) => changesPerson(at(path))),
  ).toEqual([true, true, true, false]);
});

test("a page's files are those it names, pictures among them, once each", () => {
  const html = `<link rel="stylesheet" href="/static/assets/a-1.css"><script src="/static/assets/b-2.js"></script>
    <link rel="modulepreload" href="/static/assets/b-2.js"><a href="/sessions">x</a>
    <img src="/media/products/1/thumb/a.jpg"><a href="/media-kit">y</a>`;
  expect(filesIn(html)).toEqual([
    "/static/assets/a-1.css",
    "/static/assets/b-2.js",
    "/media/products/1/thumb/a.jpg",
  ]);
});

test("nobody finds what another person had, and an odd cache of an older worker goes", () => {
  const names = [
    pageCache(7, "/sessions/1/host"),
    pictureCache(7),
    pageCache(8, "/sessions/1/host"),
    offlineCache,
  ];
  expect(personal(names)).toEqual(names.slice(0, 3));
  expect(leftovers(names, 8)).toEqual(names.slice(0, 2));
  expect(pagesAt(names.slice(2), "/sessions/1/host")).toEqual([names[2]]);
  expect(pagesAt(names, "/sessions/11/host")).toEqual([]);
  expect(foreign([...names, "cuelight-0:page:7:/x", "somebody-else"])).toEqual(["cuelight-0:page:7:/x"]);
});

test("of one's own pages the newest few stay", () => {
  const names = Array.from({ length: MOST_PAGES + 2 }, (_, id) => pageCache(7, `/sessions/${id}/host`));
  expect(leftovers(names, 7)).toEqual(names.slice(0, 2));
});
