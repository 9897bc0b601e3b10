"""The words the demo's catalogue is made of: divisions, their models, and the components of appliances, zh and en.

A component is its names, the specifications it comes in, and how common it is among the parts of an appliance.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductDivision:
    """A division: names, the family of components it uses, its share of the parts, and how its models are written.

    In `pattern` {n} is one of `sizes`, {x} a letter and {d} two digits.
    """

    code: str
    name_zh: str
    name_en: str
    family: str
    weight: int
    pattern: str
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A kind of part: names, specifications, and the base unit with how much of it one repair takes."""

    name_zh: str
    name_en: str
    specs: tuple[str, ...] = ("",)
    base_unit: str = "piece"
    usual: int = 1


D = ProductDivision
DIVISIONS = (
    D("RF", "冰箱事业部", "Refrigerators", "cold", 9, "BCD-{n}W{x}{d}", (216, 256, 309, 406, 452, 501, 535, 602)),
    D("FZ", "冷柜事业部", "Freezers", "cold", 5, "BC/BD-{n}{x}{d}", (102, 143, 203, 251, 301, 429, 519)),
    D("WC", "酒柜事业部", "Wine Cabinets", "cold", 2, "WS{n}{x}{d}", (49, 85, 105, 137, 171)),
    D("DC", "商用展示柜事业部", "Commercial Display Cabinets", "cold", 3, "SC-{n}{x}{d}", (248, 328, 372, 650)),
    D("WT", "波轮洗衣机事业部", "Top-load Washers", "wash", 7, "XQB{n}-{x}{d}", (50, 60, 70, 80, 90, 100)),
    D("WF", "滚筒洗衣机事业部", "Front-load Washers", "wash", 9, "XQG{n}-B{d}{x}", (70, 80, 90, 100, 120)),
    D("DR", "干衣机事业部", "Dryers", "wash", 3, "GDNE{n}-{x}{d}", (7, 8, 9, 10)),
    D("DW", "洗碗机事业部", "Dishwashers", "wash", 4, "EW{n}{x}{d}", (8, 10, 12, 13, 14, 15, 16)),
    D("AC", "家用空调事业部", "Room Air Conditioners", "air", 10, "KFR-{n}GW/{d}{x}", (26, 32, 35, 50)),
    D("AF", "柜式空调事业部", "Floor Air Conditioners", "air", 5, "KFR-{n}LW/{d}{x}", (51, 72, 120)),
    D("CA", "商用空调事业部", "Commercial Air Conditioners", "air", 6, "RFC{n}MX{x}{d}", (80, 120, 140, 160, 252, 335)),
    D("DH", "除湿机事业部", "Dehumidifiers", "air", 2, "DE{n}{x}{d}", (12, 20, 30, 50)),
    D("HP", "空气能热水器事业部", "Heat-pump Water Heaters", "air", 3, "KF{n}/200-{x}{d}", (70, 75, 110, 150)),
    D("EH", "电热水器事业部", "Electric Water Heaters", "heat", 5, "EC{n}-{x}{d}", (40, 50, 60, 80, 100)),
    D("GH", "燃气热水器事业部", "Gas Water Heaters", "heat", 5, "JSQ{n}-{x}{d}", (20, 24, 25, 31, 32)),
    D("SH", "太阳能热水器事业部", "Solar Water Heaters", "heat", 3, "J{n}-{x}{d}", (80, 100, 120, 150)),
    D("WB", "壁挂炉事业部", "Wall-hung Boilers", "heat", 3, "L1PB{n}-{x}{d}", (18, 20, 24, 26, 28)),
    D("RH", "油烟机事业部", "Range Hoods", "cook", 4, "CXW-{n}-{x}{d}", (200, 219, 230, 258)),
    D("HB", "燃气灶事业部", "Gas Hobs", "cook", 4, "JZT-Q{n}{x}{d}", (2, 23, 60, 80, 100)),
    D("SC", "消毒柜事业部", "Sterilising Cabinets", "cook", 2, "ZTD{n}-{x}{d}", (90, 100, 110, 120)),
    D("MW", "微波炉事业部", "Microwave Ovens", "cook", 3, "MZ-{n}{x}{d}", (20, 23, 25, 30)),
    D("SO", "蒸烤箱事业部", "Steam Ovens", "cook", 3, "SO{n}-{x}{d}", (45, 56, 60, 72)),
    D("RC", "电饭煲事业部", "Rice Cookers", "cook", 2, "HRC-F{n}{x}{d}", (3, 4, 5)),
    D("WP", "净水机事业部", "Water Purifiers", "small", 4, "HRO{n}-{x}{d}", (400, 600, 800, 1000, 1200)),
    D("WD", "饮水机事业部", "Water Dispensers", "small", 2, "YR{n}-{x}{d}", (5, 10, 15)),
    D("VC", "吸尘器事业部", "Vacuum Cleaners", "small", 3, "ZW{n}-{x}{d}", (1202, 1401, 1608)),
    D("AP", "空气净化器事业部", "Air Purifiers", "small", 2, "KJ{n}F-{x}{d}", (300, 400, 500, 800)),
    D("TV", "彩电事业部", "Televisions", "brown", 8, "LE{n}{x}{d}", (32, 43, 50, 55, 65, 75, 85, 98)),
    D("HT", "影音事业部", "Audio and Projection", "brown", 3, "HT-{n}{x}{d}", (21, 51, 71, 1080)),
)

SUMMER = (0.5, 0.5, 0.6, 0.7, 1.0, 1.6, 2.2, 2.0, 1.1, 0.7, 0.55, 0.55)
WINTER = (1.9, 1.5, 1.1, 0.7, 0.5, 0.4, 0.4, 0.4, 0.6, 1.2, 1.6, 1.7)
SEASONS = {"AC": SUMMER, "AF": SUMMER, "CA": SUMMER, "WB": WINTER}
"""How much more the months of the year, January first, ask for than the mean one, where a division follows it."""

C = Component
VOLTAGE = ("220V", "12V", "24V")
EVERYWHERE = (
    C("电源线", "power cord", ("1.5m", "1.8m", "2m", "3m")),
    C("连接线束", "wiring harness", ("主线束", "显示板线束", "门线束", "传感器线束")),
    C("螺钉包", "screw pack", ("M4", "M5", "ST4.2")),
    C("说明书", "manual"),
    C("装饰条", "trim strip", ("左", "右", "上", "下")),
    C("底脚", "levelling foot", ("M8", "M10")),
    C("保险丝", "fuse", ("T3.15A", "T5A", "T10A", "T15A")),
)
COMPONENTS: dict[str, tuple[Component, ...]] = {
    "cold": (
        C("压缩机", "compressor", ("R600a 1/8HP", "R600a 1/6HP", "R600a 变频", "R290 1/4HP", "R134a 1/5HP")),
        C("电脑板", "control board", ("主控板", "变频板", "电源板")),
        C("显示板", "display board", ("触摸", "数码")),
        C("门封", "door seal", ("冷藏", "冷冻", "变温", "左", "右")),
        C("温控器", "thermostat", ("WDF20", "WPF22", "K59")),
        C("温度传感器", "temperature sensor", ("冷藏", "冷冻", "环境", "化霜")),
        C("化霜加热管", "defrost heater", ("150W", "180W", "220W")),
        C("化霜定时器", "defrost timer"),
        C("蒸发器", "evaporator", ("翅片", "吹胀", "丝管")),
        C("冷凝器", "condenser"),
        C("干燥过滤器", "filter drier", ("15g", "20g")),
        C("毛细管", "capillary tube", ("φ0.6", "φ0.7")),
        C("电磁阀", "solenoid valve", ("二位三通", "单稳态", "双稳态")),
        C("风扇电机", "fan motor", ("冷冻", "冷凝", "DC12V")),
        C("风门", "air damper", ("单风门", "双风门")),
        C("门把手", "door handle", ("左", "右")),
        C("门铰链", "door hinge", ("上", "中", "下")),
        C("搁架", "shelf", ("玻璃", "折叠")),
        C("果菜盒", "crisper drawer", ("大", "小")),
        C("冷冻抽屉", "freezer drawer", ("上", "中", "下")),
        C("瓶座", "door rack", ("上", "中", "下")),
        C("照明灯", "lamp", ("LED 冷藏", "LED 冷冻")),
        C("门开关", "door switch"),
        C("启动器", "starter relay", ("PTC", "一体式")),
        C("启动电容", "start capacitor", ("4μF", "5μF")),
        C("制冰机", "ice maker"),
        C("接水盘", "drip tray"),
        C("制冷剂", "refrigerant", ("R600a", "R134a"), "g", 65),
        C("工艺管", "process tube", ("φ6",), "mm", 150),
    ),
    "wash": (
        C("进水阀", "inlet valve", ("单头", "双头", "三头", "热水")),
        C("排水泵", "drain pump", ("30W", "40W", "自清洁")),
        C("排水阀", "drain valve"),
        C("排水电机", "drain motor", ("牵引器", "双行程")),
        C("电机", "motor", ("串激", "变频", "直驱 DD", "异步")),
        C("电脑板", "control board", ("主控板", "驱动板", "电源板")),
        C("显示板", "display board", ("触摸", "数码", "按键")),
        C("门封", "door seal", ("观察窗垫", "前密封圈")),
        C("门锁", "door lock", ("PTC", "电磁")),
        C("门铰链", "door hinge"),
        C("观察窗", "door glass"),
        C("减震器", "shock absorber", ("80N", "100N", "120N")),
        C("吊杆", "suspension rod", ("左前", "右前", "左后", "右后")),
        C("离合器", "clutch", ("减速", "双动力")),
        C("波轮", "pulsator", ("330mm", "370mm")),
        C("内桶", "inner drum", ("不锈钢",)),
        C("外桶", "outer tub", ("前", "后")),
        C("三脚架", "drum spider"),
        C("轴承", "bearing", ("6205", "6206", "6306")),
        C("油封", "oil seal", ("35×65", "40×72")),
        C("皮带", "drive belt", ("1196 J5", "1245 J5", "O型")),
        C("水位传感器", "water level sensor"),
        C("加热管", "heater", ("1300W", "1800W", "2000W")),
        C("温度传感器", "temperature sensor", ("NTC",)),
        C("线屑过滤器", "lint filter"),
        C("排水管", "drain hose", ("1.5m", "2m")),
        C("进水管", "inlet hose", ("1.5m", "2m")),
        C("洗涤剂盒", "detergent drawer"),
        C("喷臂", "spray arm", ("上", "下")),
        C("平衡环", "balance ring"),
    ),
    "air": (
        C("压缩机", "compressor", ("R32 变频", "R410A 变频", "R410A 定频", "R22 定频")),
        C("室内电脑板", "indoor control board", ("主板", "电源板")),
        C("室外电脑板", "outdoor control board", ("主板", "功率模块", "滤波板")),
        C("显示板", "display board"),
        C("遥控器", "remote control", ("YR-W02", "YR-H71", "蓝牙")),
        C("室内电机", "indoor fan motor", ("PG", "DC 310V")),
        C("室外电机", "outdoor fan motor", ("AC", "DC 310V")),
        C("贯流风叶", "cross-flow fan", ("φ93", "φ105")),
        C("轴流风叶", "axial fan", ("φ400", "φ520")),
        C("离心风叶", "centrifugal fan"),
        C("四通阀", "four-way valve", ("DHF-5", "STF-01")),
        C("四通阀线圈", "four-way valve coil"),
        C("电子膨胀阀", "electronic expansion valve", ("1.3", "1.65", "2.4")),
        C("截止阀", "stop valve", ('1/4"', '3/8"', '1/2"')),
        C("蒸发器", "evaporator"),
        C("冷凝器", "condenser", ("单排", "双排")),
        C("管温传感器", "pipe sensor", ("20K", "10K")),
        C("环温传感器", "ambient sensor", ("15K", "23K")),
        C("压缩机电容", "compressor capacitor", ("35μF", "50μF", "60μF")),
        C("风机电容", "fan capacitor", ("1.5μF", "2.5μF", "3μF")),
        C("步进电机", "stepper motor", ("24BYJ48", "MP24")),
        C("导风板", "air guide", ("横", "竖")),
        C("过滤网", "air filter", ("左", "右")),
        C("电加热", "electric heater", ("800W", "1100W", "1500W")),
        C("接线端子", "terminal block", ("3位", "5位")),
        C("接水盘", "drain pan"),
        C("排水泵", "drain pump", ("扬程1m",)),
        C("变压器", "transformer", VOLTAGE),
        C("交流接触器", "contactor", ("25A", "32A")),
        C("铜管", "copper pipe", ("φ6.35", "φ9.52", "φ12.7"), "mm", 2000),
        C("制冷剂", "refrigerant", ("R32", "R410A"), "g", 700),
        C("保温棉", "insulation foam", ("9mm",), "mm", 1500),
    ),
    "heat": (
        C("加热棒", "heating element", ("1500W", "2000W", "3000W")),
        C("镁棒", "magnesium anode", ("φ16×300", "φ22×400")),
        C("温控器", "thermostat", ("75℃", "90℃")),
        C("限温器", "thermal cut-out", ("93℃", "110℃")),
        C("漏电保护插头", "leakage protection plug", ("10A", "16A")),
        C("安全阀", "safety valve", ("0.7MPa", "0.8MPa")),
        C("电脑板", "control board", ("主控板", "电源板")),
        C("显示板", "display board"),
        C("温度传感器", "temperature sensor", ("进水", "出水", "内胆")),
        C("水流量传感器", "water flow sensor"),
        C("燃气比例阀", "gas proportional valve"),
        C("脉冲点火器", "pulse igniter"),
        C("点火针", "ignition electrode", ("点火", "反馈")),
        C("热交换器", "heat exchanger", ("无氧铜", "不锈钢")),
        C("直流风机", "DC fan", VOLTAGE),
        C("燃烧器", "burner", ("6排", "8排", "10排")),
        C("循环水泵", "circulation pump", ("15/5", "15/6")),
        C("三通阀", "three-way valve"),
        C("膨胀罐", "expansion vessel", ("6L", "8L")),
        C("水压传感器", "water pressure sensor"),
        C("混水阀", "mixing valve"),
        C("真空管", "vacuum tube", ("58×1800", "47×1500")),
        C("内胆", "inner tank", ("搪瓷",)),
        C("密封圈", "sealing ring", ("φ10", "φ18", "φ63")),
        C("花洒", "shower head"),
        C("烟管", "flue pipe", ("60/100",)),
    ),
    "cook": (
        C("风机", "blower", ("220V", "变频")),
        C("风轮", "fan wheel", ("左旋", "右旋")),
        C("油网", "grease filter", ("左", "右")),
        C("油杯", "oil cup"),
        C("照明灯", "lamp", ("LED 方", "LED 圆")),
        C("按键板", "button board", ("机械", "触摸")),
        C("电脑板", "control board", ("主控板", "电源板")),
        C("电容", "capacitor", ("3μF", "4μF", "5μF")),
        C("止回阀", "check valve", ("φ160", "φ180")),
        C("火盖", "burner cap", ("大", "小")),
        C("炉头", "burner head", ("左", "右")),
        C("脉冲点火器", "pulse igniter", ("1.5V", "双头")),
        C("电磁阀", "solenoid valve"),
        C("热电偶", "thermocouple", ("300mm", "400mm")),
        C("旋钮", "knob", ("黑", "银")),
        C("玻璃面板", "glass panel", ("黑", "白")),
        C("锅支架", "pan support", ("铸铁",)),
        C("磁控管", "magnetron", ("2M217J", "2M219J")),
        C("高压变压器", "high-voltage transformer"),
        C("高压电容", "high-voltage capacitor", ("0.95μF", "1.0μF")),
        C("转盘电机", "turntable motor", ("21V", "220V")),
        C("玻璃转盘", "glass turntable", ("245mm", "270mm", "315mm")),
        C("发热管", "heating tube", ("上", "下", "背部")),
        C("门开关", "door switch"),
        C("臭氧发生器", "ozone generator"),
        C("发热盘", "heating plate", ("IH", "900W")),
        C("内锅", "inner pot", ("3L", "4L", "5L")),
        C("限温器", "thermal limiter", ("103℃", "150℃")),
    ),
    "small": (
        C("RO膜", "RO membrane", ("400G", "600G", "800G", "1200G")),
        C("PP棉滤芯", "PP sediment cartridge", ("5μm", "1μm")),
        C("活性炭滤芯", "carbon cartridge", ("前置", "后置")),
        C("增压泵", "booster pump", ("24V 400G", "24V 800G")),
        C("进水电磁阀", "inlet solenoid valve", ("24V",)),
        C("废水阀", "flush valve", ("300cc", "420cc")),
        C("高压开关", "high-pressure switch"),
        C("电源适配器", "power adapter", ("24V 2A", "24V 5A", "26V 0.8A")),
        C("水龙头", "faucet", ("鹅颈", "智能显示")),
        C("TDS探针", "TDS probe"),
        C("热胆", "hot tank", ("0.9L", "1.2L")),
        C("制冷片", "thermoelectric cooler", ("12706",)),
        C("HEPA滤网", "HEPA filter", ("H12", "H13")),
        C("电机", "motor", ("直流无刷", "串激 1200W")),
        C("锂电池", "lithium battery", ("2200mAh", "2500mAh", "5200mAh")),
        C("充电座", "charging dock"),
        C("滚刷", "roller brush", ("软绒", "硬毛")),
        C("边刷", "side brush", ("左", "右")),
        C("尘杯", "dust cup"),
        C("激光粉尘传感器", "laser dust sensor"),
        C("负离子发生器", "ioniser"),
        C("电脑板", "control board", ("主控板", "驱动板")),
        C("显示板", "display board"),
        C("激光雷达", "lidar module"),
        C("水箱", "water tank", ("清水", "污水")),
        C("O型圈", "O-ring", ("φ8", "φ12")),
    ),
    "brown": (
        C("主板", "main board", ("MSD6A", "MT9653", "Hi3751")),
        C("电源板", "power board", ("恒流一体", "单独")),
        C("逻辑板", "T-CON board", ("4K 60Hz", "4K 120Hz", "2K")),
        C("液晶屏", "LCD panel", ("华星", "京东方", "惠科")),
        C("背光灯条", "backlight strip", ("A", "B", "全套")),
        C("遥控器", "remote control", ("红外", "蓝牙语音")),
        C("遥控接收板", "IR receiver board"),
        C("扬声器", "speaker", ("8Ω 10W", "6Ω 15W", "低音")),
        C("WiFi模块", "Wi-Fi module", ("双频", "WiFi6")),
        C("蓝牙模块", "Bluetooth module"),
        C("按键板", "key board"),
        C("屏线", "LVDS cable", ("51P", "96P")),
        C("底座", "stand", ("左脚", "右脚", "整体")),
        C("壁挂架", "wall mount", ("200×200", "400×400")),
        C("后壳", "rear cover"),
        C("边框", "bezel"),
        C("扩散板", "diffuser plate"),
        C("功放板", "amplifier board", ("2×15W", "5.1")),
        C("投影光机", "light engine", ("DLP 0.33", "DLP 0.47")),
        C("散热风扇", "cooling fan", ("5015", "6025")),
        C("光源模组", "light source module", ("LED", "三色激光")),
        C("电源适配器", "power adapter", ("19V 3.4A", "12V 3A")),
        C("硬盘", "hard disk", ("1TB",)),
        C("解码板", "decoder board"),
        C("HDMI线", "HDMI cable", ("1.5m", "3m")),
    ),
}

SPECS_EN = {
    "主控板": "main", "变频板": "inverter", "电源板": "power", "驱动板": "drive", "触摸": "touch", "数码": "digital",
    "按键": "keys", "冷藏": "fridge", "冷冻": "freezer", "变温": "convertible", "左": "left", "右": "right",
    "环境": "ambient", "化霜": "defrost", "翅片": "fin", "吹胀": "roll-bond", "丝管": "wire-tube",
    "二位三通": "3/2-way", "单稳态": "monostable", "双稳态": "bistable", "冷凝": "condenser", "单风门": "single",
    "双风门": "double", "上": "upper", "中": "middle", "下": "lower", "玻璃": "glass", "折叠": "folding", "大": "large",
    "小": "small", "一体式": "integrated", "单头": "single", "双头": "double", "三头": "triple", "热水": "hot water",
    "自清洁": "self-cleaning", "牵引器": "retractor", "双行程": "two-stroke", "串激": "universal", "变频": "inverter",
    "直驱": "direct drive", "异步": "induction", "观察窗垫": "window gasket", "前密封圈": "front bellows",
    "电磁": "solenoid", "左前": "front left", "右前": "front right", "左后": "rear left", "右后": "rear right",
    "减速": "reducing", "双动力": "dual drive", "不锈钢": "stainless steel", "前": "front", "后": "rear",
    "O型": "O-section", "定频": "fixed speed", "主板": "main", "功率模块": "power module", "滤波板": "filter",
    "蓝牙": "Bluetooth", "单排": "one row", "双排": "two rows", "横": "horizontal", "竖": "vertical", "3位": "3-pole",
    "5位": "5-pole", "扬程1m": "1 m head", "进水": "inlet", "出水": "outlet", "内胆": "tank", "点火": "spark",
    "反馈": "flame sensing", "无氧铜": "copper", "6排": "6 rows", "8排": "8 rows", "10排": "10 rows",
    "搪瓷": "enamelled",
    "左旋": "left-handed", "右旋": "right-handed", "方": "square", "圆": "round", "机械": "mechanical", "黑": "black",
    "银": "silver", "白": "white", "铸铁": "cast iron", "背部": "rear", "前置": "pre", "后置": "post",
    "鹅颈": "gooseneck", "智能显示": "smart display", "直流无刷": "brushless DC", "软绒": "soft", "硬毛": "hard",
    "清水": "clean water", "污水": "dirty water", "恒流一体": "with LED driver", "单独": "separate", "华星": "CSOT",
    "京东方": "BOE", "惠科": "HKC", "全套": "set", "红外": "infrared", "蓝牙语音": "Bluetooth voice", "低音": "woofer",
    "双频": "dual band", "左脚": "left foot", "右脚": "right foot", "整体": "one piece", "三色激光": "RGB laser",
    "主线束": "main", "显示板线束": "display", "门线束": "door", "传感器线束": "sensors",
}  # fmt: skip

SUPPLIERS = (
    "加西贝拉压缩机有限公司", "华意压缩机有限公司", "三花智能控制股份有限公司", "盾安环境科技股份有限公司",
    "汉宇集团股份有限公司", "威灵电机制造有限公司", "卧龙电气驱动集团", "和而泰智能控制股份有限公司",
    "拓邦股份有限公司", "朗科智能电气股份有限公司", "苏州璨宇光学有限公司", "青岛海联橡塑有限公司",
    "安徽聚隆传动科技股份有限公司", "宁波舜宇电器有限公司", "佛山通宝华龙控制器有限公司", "常州常恒电器有限公司",
    "慈溪福尔达电器有限公司", "中山天启电子有限公司", "合肥雪祺橡塑科技有限公司", "武汉东风电机电器有限公司",
    "重庆长安汽标有限公司", "成都华川电装有限公司", "沈阳北方电缆有限公司", "顺德精艺铜管有限公司",
)  # fmt: skip
"""Who supplies: names in the manner of the trade, some of real makers; what they supply here is invented."""

SUPPLIERS_EN = (
    "Jiaxi Beila Compressor Co.", "Huayi Compressor Co.", "Sanhua Intelligent Controls Co.", "Dun'an Environment Co.",
    "Hanyu Group", "Welling Motor Co.", "Wolong Electric Drive Group", "Hetai Intelligent Control Co.",
    "Topband Co.", "Langke Intelligent Electric Co.", "Suzhou Canyu Optics Co.", "Qingdao Hailian Rubber Co.",
    "Anhui Julong Transmission Co.", "Ningbo Sunny Electric Co.", "Foshan Tongbao Hualong Controls Co.",
    "Changzhou Changheng Electric Co.", "Cixi Fuerda Electric Co.", "Zhongshan Tianqi Electronics Co.",
    "Hefei Xueqi Rubber and Plastics Co.", "Wuhan Dongfeng Motor Electric Co.", "Chongqing Chang'an Instruments Co.",
    "Chengdu Huachuan Electric Parts Co.", "Shenyang Northern Cable Co.", "Shunde Jingyi Copper Tube Co.",
)  # fmt: skip
"""The same in English, in the same order."""

SYMPTOMS: dict[str, tuple[str, ...]] = {
    "cold": ("不制冷，压缩机不启动", "冷藏室结冰，背板有水", "噪音大，夜里尤其响", "门关不严，门封漏冷", "显示屏报 E6"),
    "wash": (
        "不脱水，报 F2",
        "不进水，进水阀无动作",
        "排水慢，底部漏水",
        "脱水时撞桶，声音很大",
        "门打不开，门锁不解锁",
    ),
    "air": ("不制热，外机不转", "制冷效果差，低压偏低", "内机漏水", "遥控器无反应", "报 E4，通信故障"),
    "heat": ("不出热水，点不着火", "水温忽冷忽热", "漏电保护插头跳闸", "内胆漏水", "报 E1，无水流信号"),
    "cook": ("不加热，转盘不转", "点火不着，松手即灭", "吸力小，噪音大", "按键失灵", "照明灯不亮"),
    "small": ("不出水，增压泵一直响", "充不进电", "滤芯更换后仍报警", "吸力小，电机过热", "漏水，接头处滴水"),
    "brown": ("有声音无图像", "开机自动重启", "遥控无反应", "屏幕有竖线", "无声音，指示灯闪三下"),
}
"""What callers say, by the family of the appliance."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN_NAMES = (
    "建国", "志强", "伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀兰", "霞", "平", "刚", "桂英", "文静", "海燕", "国栋", "晓东", "春梅", "立新", "志远", "雪梅", "小龙",
)  # fmt: skip

CARRIERS = (
    ("SF", "顺丰速运", "SF Express"),
    ("JD", "京东物流", "JD Logistics"),
    ("DB", "德邦快递", "Deppon Express"),
    ("CITY", "同城急送", "City Courier"),
)
