"""The style of our pages: no script, no font and no picture from elsewhere."""

STYLE = """
:root { --ink: #17202a; --soft: #5d6d7e; --line: #dfe4ea; --up: #b03a2e; --down: #1e8449;
  --paper: #ffffff; --ground: #f4f6f8; --accent: #21618c; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 Inter, "Segoe UI", system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 12px; }
p { margin: 4px 0; } .soft { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 14px;
  margin: 20px 0; }
.card, .box { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 16px; }
.card b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.box { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.up { color: var(--up); } .down { color: var(--down); }
.tag { display: inline-block; border-radius: 999px; padding: 1px 9px; font-size: 12px;
  background: var(--ground); border: 1px solid var(--line); white-space: nowrap; }
.refused { background: #fdecea; border-color: #f1b5ad; color: var(--up); }
.fine { background: #e9f7ef; border-color: #b7dfc6; color: var(--down); }
code { font: 12.5px ui-monospace, SFMono-Regular, Menlo, monospace; color: var(--soft);
  overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 11px Inter, "Segoe UI", system-ui, sans-serif; fill: var(--soft); }
@media (max-width: 600px) { svg text { font-size: 18px; } }
@media print { body { background: white; } .box, .card { break-inside: avoid; } }
"""
