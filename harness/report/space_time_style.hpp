// The style of a space-time diagram: for light and dark screens and for paper.
#pragma once

namespace faultline {

inline constexpr const char* kSpaceTimeStyle = R"(<style>
text{font:10px "DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#1f2430}
.title{font-size:15px;font-weight:bold}.head{font-size:12px;font-weight:bold}
.note,.at{fill:#5d6675}
.label{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.paper{fill:#fff}.grid{stroke:#e6e8ec}.axis{stroke:#9aa2af}
.life{stroke:#3a4250;stroke-width:1.5}.gone{stroke:#9aa2af;stroke-dasharray:1 5}
.mark{stroke:#c22626;stroke-width:2.5;fill:none}.again{stroke:#3a4250;stroke-width:2;fill:#fff}
.leader0{fill:#e0a100}.leader1{fill:#c8641e}
.paused{fill:#7a5bb5;fill-opacity:.12;stroke:#7a5bb5;stroke-width:1.5;stroke-dasharray:3 2}
.commit{stroke:#16794c;stroke-width:1.5}
.op{fill:#2b5fc4;fill-opacity:.8}.open{fill:#2b5fc4;fill-opacity:.25}
.fault{fill:#c22626;fill-opacity:.03}.strip{fill:#c22626;fill-opacity:.22}
.m path{fill:none;stroke-width:1.1}.m .tip{stroke:none}
.k0 path{stroke:#2b5fc4}.k0 .tip{fill:#2b5fc4}.k1 path{stroke:#16794c}.k1 .tip{fill:#16794c}
.k2 path{stroke:#a2480f}.k2 .tip{fill:#a2480f}.k3 path{stroke:#7a3fae}.k3 .tip{fill:#7a3fae}
.k4 path{stroke:#56606f}.k4 .tip{fill:#56606f}
.client path{stroke:#0b7a8a;stroke-dasharray:5 2}.client .tip{fill:#0b7a8a}
.lost path{stroke:#c22626}.lost text{fill:#c22626}
.faint{opacity:.38}.m:hover path{stroke-width:2.6}.m:hover{opacity:1}
@media screen and (prefers-color-scheme:dark){
text{fill:#dfe3ea}.note,.at{fill:#98a2b3}.label{stroke:#15181e}
.paper{fill:#15181e}.grid{stroke:#262b34}.axis{stroke:#5d6675}
.life{stroke:#b5bdca}.gone{stroke:#5d6675}.mark{stroke:#ff6b6b}
.again{stroke:#b5bdca;fill:#15181e}.paused{fill:#b79cf0;stroke:#b79cf0}
.commit{stroke:#4cc38a}.op,.open{fill:#7ea6ff}
.fault{fill:#ff6b6b;fill-opacity:.05}.strip{fill:#ff6b6b;fill-opacity:.3}
.k0 path{stroke:#7ea6ff}.k0 .tip{fill:#7ea6ff}.k1 path{stroke:#4cc38a}.k1 .tip{fill:#4cc38a}
.k2 path{stroke:#f0a060}.k2 .tip{fill:#f0a060}.k3 path{stroke:#c79bf2}.k3 .tip{fill:#c79bf2}
.k4 path{stroke:#98a2b3}.k4 .tip{fill:#98a2b3}
.client path{stroke:#4fd0e0}.client .tip{fill:#4fd0e0}
.lost path{stroke:#ff6b6b}.lost text{fill:#ff6b6b}}
</style>
)";

}  // namespace faultline
