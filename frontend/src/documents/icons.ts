/** The signs on the editor's buttons: paths on a square of 24. */
export const ICONS = {
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z",
  italic: "M10 5h8M6 19h8M14 5l-4 14",
  underline: "M7 4v7a5 5 0 0 0 10 0V4M6 20h12",
  strike:
    "M5 12h14M16 7a4 3 0 0 0-4-2c-2.5 0-4 1.2-4 3 0 1 .5 1.7 1.3 2.2M8 17a4 3 0 0 0 4 2c2.5 0 4-1.2 4-3 0-.7-.2-1.300-.6-1.800",
  code: "m9 8-4 4 4 4M15 8l4 4-4 4",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500",
  bullet: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  ordered: "M10 6h10M10 12h10M10 18h10M4 5l1.500-1v5M4 15.500c0-2 3-2 3 0 0 1-3 2-3 3.500h3",
  checklist: "m4 6 1.500 1.500L8 5M4 17l1.500 1.500L8 16M12 6h8M12 12h8M12 18h8",
  quote: "M9 7c-2.500.8-4 2.600-4 5.500V17h5v-5H7.500M19 7c-2.500.8-4 2.600-4 5.500V17h5v-5h-2.500",
  block: "M4 5h16v14H4zM9 10l-2 2 2 2M15 10l2 2-2 2",
  left: "M4 6h16M4 12h10M4 18h13",
  center: "M4 6h16M7 12h10M6 18h12",
  right: "M4 6h16M10 12h10M7 18h13",
  indent: "M4 6h16M11 12h9M11 18h9M4 10l3 3-3 3",
  outdent: "M4 6h16M11 12h9M11 18h9M7 10l-3 3 3 3",
  divider: "M4 12h16M8 7h8M8 17h8",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  mention: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0v1.500a2.500 2.500 0 0 0 5 0V12a9 9 0 1 0-4 7.500",
  clear: "M6 5h13M12 5l-2 9M5 19h8M15 15l5 5M20 15l-5 5",
  undo: "M8 8H15a5 5 0 0 1 0 10h-4M8 8l4-4M8 8l4 4",
  redo: "M16 8H9a5 5 0 0 0 0 10h4M16 8l-4-4M16 8l-4 4",
  outline: "M4 6h10M7 12h10M10 18h10",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  comment: "M5 5h14v11h-8l-4 4v-4H5zM9 9h6M9 12h4",
  comments: "M3 4h12v9H9l-3 3v-3H3zM18 8h3v9h-2v3l-3-3h-5v-1",
  keys: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
} as const;

export type Icon = keyof typeof ICONS;
