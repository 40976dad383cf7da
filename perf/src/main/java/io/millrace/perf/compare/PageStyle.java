package io.millrace.perf.compare;

/** How the page of a comparison looks, on light and on dark screens, wide and narrow ones. */
final class PageStyle {
    /** Colours tell contestants apart also for those who see red and green alike. */
    static final String CSS =
            """
            :root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d9dde2;
              --paper: #ffffff; --card: #f6f7f9; --a: #0b6e99; --b: #b4531f; --c: #c79200;
              --good: #1a7f37; --bad: #c0292c; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa4b0;
              --line: #343a42; --paper: #14171b; --card: #1c2026; --a: #4fb3dc; --b: #e88a54;
              --c: #e6c14a; --good: #4ac26b; --bad: #ff7b72; } }
            * { box-sizing: border-box; }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
              background: var(--paper); max-width: 72rem; margin: 2rem auto; padding: 0 1rem 3rem; }
            h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .4rem; }
            p { margin: .4rem 0; max-width: 50rem; } a { color: var(--a); }
            .soft { color: var(--soft); } .scroll { overflow-x: auto; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; }
            dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .6rem 0; }
            th, td { text-align: right; padding: .25rem .7rem; border-bottom: 1px solid var(--line);
              white-space: nowrap; }
            th { color: var(--soft); font-weight: 500; }
            th:first-child, td:first-child, .words { text-align: left; }
            th:first-child, td:first-child { padding-left: 0; }
            .good { color: var(--good); } .bad { color: var(--bad); }
            .tally { font-size: 1.1rem; } .tally b { font-size: 1.4rem; }
            .key i { display: inline-block; width: .8em; height: .8em; border-radius: 2px;
              margin: 0 .4em 0 1.2em; } .key i:first-child { margin-left: 0; }
            .charts { display: grid; gap: .8rem; margin: .8rem 0;
              grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); }
            figure { margin: 0; padding: .7rem .9rem; background: var(--card); border-radius: 6px; }
            figcaption { margin-bottom: .4rem; font-weight: 600; }
            figcaption .soft { font-weight: 400; font-size: .85em; }
            .bar { display: grid; grid-template-columns: 8.2rem 1fr 4.6rem; align-items: center;
              gap: .6rem; font-size: .87rem; line-height: 1.7; }
            .bar svg { width: 100%; height: 1rem; overflow: visible; }
            .bar b { text-align: right; font-weight: 600; font-variant-numeric: tabular-nums; }
            .range { stroke: var(--ink); stroke-width: 1.2; fill: none;
              vector-effect: non-scaling-stroke; }
            .millrace_fsync { fill: var(--a); background: var(--a); }
            .kafka_fsync { fill: var(--b); background: var(--b); }
            .kafka_page_cache { fill: var(--c); background: var(--c); }
            details { margin: .4rem 0; } summary { cursor: pointer; color: var(--soft); }
            """;

    private PageStyle() {}
}
